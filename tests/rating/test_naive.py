"""The engine against a naive reading of rating.md: the same lines, to the last digit, for any terms and usage."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from flexprice_emulator.rating.commitment.model import LineCommitment
from flexprice_emulator.rating.entitlement.model import AggregatedEntitlement
from flexprice_emulator.rating.invoice.assemble import assemble_invoice
from flexprice_emulator.rating.invoice.model import InvoiceRequest, LineItem, Subscription
from flexprice_emulator.rating.invoice.usage_lines import usage_lines
from flexprice_emulator.rating.metering.model import Meter, UsageRow
from flexprice_emulator.rating.metering.rows import RowsUsage
from flexprice_emulator.rating.pricing.cost import bucket_cost, calculate_cost
from flexprice_emulator.rating.pricing.model import Price, PriceTier, TransformQuantity
from tests.laws.test_rating_laws import requests
from tests.rating import naive, naive_bill

START = datetime(2024, 1, 31, 5, tzinfo=UTC)
PERIODS = {"MONTHLY": datetime(2024, 2, 29, 5, tzinfo=UTC), "QUARTERLY": datetime(2024, 4, 30, 5, tzinfo=UTC)}
AMOUNTS = st.sampled_from(["0", "0.005", "0.015", "0.333", "1", "2.5", "7.77", "1e-9", "100"]).map(Decimal)
VALUES = st.sampled_from(["0", "1e-15", "0.5", "1", "2", "9.999999999999999", "10", "10.000000000000001", "11", "99", "100", "101", "250"])


@st.composite
def prices(draw: st.DrawFn, currency: str) -> Price:
    """Any model; tier edges on the quantities that occur, 0 and equal ones too, in any order."""
    model = draw(st.sampled_from(["FLAT_FEE", "PACKAGE", "TIERED"]))
    tops = draw(st.lists(st.sampled_from([0, 1, 2, 10, 11, 100, None]), min_size=1, max_size=4, unique=True))
    return Price(
        "p",
        currency,
        model,
        Decimal(0) if model == "TIERED" else draw(AMOUNTS),
        tier_mode=draw(st.sampled_from(["VOLUME", "SLAB"])) if model == "TIERED" else "",
        tiers=tuple(PriceTier(top, draw(AMOUNTS), draw(AMOUNTS)) for top in tops) if model == "TIERED" else (),
        transform_quantity=TransformQuantity(draw(st.sampled_from([1, 3, 10])), draw(st.sampled_from(["up", "down", ""])))
        if model == "PACKAGE"
        else None,
    )


@st.composite
def commitments(draw: st.DrawFn) -> LineCommitment:
    by_quantity = draw(st.booleans())
    committed = draw(st.sampled_from(["0", "0.5", "10", "123.456"]).map(Decimal))
    return LineCommitment(
        "quantity" if by_quantity else "amount",
        None if by_quantity else committed,
        committed if by_quantity else None,
        draw(st.sampled_from(["1", "1.5", "2.3333"]).map(Decimal)),
        draw(st.booleans()),
        is_window_commitment=draw(st.booleans()),
    )


@st.composite
def bills(draw: st.DrawFn) -> tuple[InvoiceRequest, list[UsageRow]]:
    currency = draw(st.sampled_from(["usd", "jpy", "kwd", "clf", "xyz"]))
    period = draw(st.sampled_from(sorted(PERIODS)))
    end = PERIODS[period]
    at_subscription = draw(st.booleans())
    items: list[LineItem] = []
    rows: list[UsageRow] = []
    entitled: dict[str, AggregatedEntitlement] = {}
    for index in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["SUM", "MAX", "COUNT", "COUNT_UNIQUE", "LATEST", "WEIGHTED_SUM"]))
        size: Any = draw(st.sampled_from([None, "DAY", "WEEK", "MONTH"])) if kind in ("SUM", "MAX") else None
        meter = Meter(f"m{index}", "e", kind, field="v", bucket_size=size, group_by="g" if size and kind == "MAX" else "")
        days = (end - START).days + 2
        for number in range(draw(st.integers(0, 6))):
            at = START + timedelta(days=draw(st.integers(-3, days)), hours=draw(st.integers(0, 23)))
            value, group = Decimal(draw(VALUES)), draw(st.sampled_from(["", "a"])) if meter.group_by else ""
            event_id = f"{index}-{number}" if draw(st.booleans()) else f"{index}-same"
            rows.append(UsageRow(event_id, "c", meter.id, at, value, str(value) if draw(st.booleans()) else "", group))
        if draw(st.booleans()):
            reset = draw(st.sampled_from(["MONTHLY", "DAILY", "NEVER", "ANNUAL", "QUARTERLY", ""]))
            limit = draw(st.sampled_from([None, 0, 1, 10, 100]))
            entitled[meter.id] = AggregatedEntitlement("f", "metered", meter.id, limit, reset, False, True)
        items.append(
            LineItem(
                f"l{index}",
                draw(prices(currency)),
                START + timedelta(days=draw(st.sampled_from([-40, 0, 0, 7]))),
                end_date=draw(st.sampled_from([None, None, START + timedelta(days=20)])),
                meter=meter,
                display_name=f"M{index}",
                commitment=None if at_subscription else draw(st.none() | commitments()),
            )
        )
    subscription = Subscription(
        "s",
        currency,
        START - timedelta(days=31),
        START,
        START,
        end,
        billing_period=period,
        commitment_amount=draw(st.sampled_from(["0.5", "10", "333.33"]).map(Decimal)) if at_subscription else None,
        overage_factor=draw(st.sampled_from(["1", "1.5", "2.3333"]).map(Decimal)),
        enable_true_up=draw(st.booleans()),
        plan_display_name="Plan",
    )
    # Of several copies of a row the last one counts.
    distinct = list({(row.meter_id, row.timestamp, row.event_id): row for row in rows}.values())
    request = InvoiceRequest(
        subscription, items, RowsUsage(rows), ["c"], START, end, "preview", draw(st.sampled_from([end, end - timedelta(days=9)])), entitled
    )
    return request, distinct


@given(st.data(), VALUES.map(Decimal))
def test_every_quantity_costs_what_the_text_says(data: st.DataObject, quantity: Decimal) -> None:
    price = data.draw(prices("usd"))
    assert Fraction(calculate_cost(price, quantity)) == naive.cost(price, Fraction(quantity))
    assert Fraction(bucket_cost(price, quantity)) == naive.cost(price, Fraction(quantity), bucket=True)


@given(bills())
def test_usage_lines_are_those_of_the_naive_reading(bill: tuple[InvoiceRequest, list[UsageRow]]) -> None:
    request, rows = bill
    found = [(line.display_name, Fraction(line.amount), Fraction(line.quantity)) for line in usage_lines(request)]
    assert found == [(line.name, line.amount, line.quantity) for line in naive.usage_lines(request, rows)]


@given(requests())
def test_what_becomes_of_the_lines_is_that_of_the_naive_reading(request: InvoiceRequest) -> None:
    preview = request.reference_point == "preview"
    draft = assemble_invoice(request)
    lines = draft.line_items
    amounts = [Fraction(line.amount) for line in lines]
    ids = [line.subscription_line_item_id for line in lines]
    bill = naive_bill.close(amounts, ids, [line.price_type for line in lines], request, preview=preview)
    assert Fraction(draft.total_discount) == bill.discount
    assert Fraction(draft.total_tax) == bill.tax
    assert [Fraction(line.line_item_discount) for line in lines] == bill.of_line
    if not bill.has_ties:
        assert [Fraction(line.invoice_level_discount) for line in lines] == bill.of_invoice
        assert [Fraction(line.prepaid_credits_applied) for line in lines] == bill.prepaid
        assert Fraction(draft.total) == bill.total


@given(requests())
def test_fixed_lines_are_those_of_the_naive_reading(request: InvoiceRequest) -> None:
    sub = request.subscription
    assume(request.opening_credit == 0)
    period, upcoming = (request.period_start, request.period_end), (request.period_end, datetime(2025, 5, 1, tzinfo=UTC))
    windows = {"ARREAR": period, "ADVANCE": period if request.reference_point == "period_start" else upcoming}
    found = {
        line.subscription_line_item_id: Fraction(line.amount) for line in assemble_invoice(request).line_items if line.price_type == "FIXED"
    }
    for item in request.line_items:
        cadence = item.price.invoice_cadence
        left_out = "ADVANCE" if request.reference_point == "cancel" else "ARREAR" if request.reference_point == "period_start" else ""
        if item.meter is None and cadence != left_out:
            prorates = sub.proration_behavior == "create_prorations"
            assert found.get(item.id) == naive_bill.fixed(sub, item, windows[cadence], prorates=prorates)
