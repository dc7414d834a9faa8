"""The engine against a naive reading of rating.md: the same lines, to the last digit, for any terms and usage."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from flexprice_emulator.rating.commitment.model import CommitmentTimeBucket, LineCommitment, PriorInvoice, PriorUsageLine
from flexprice_emulator.rating.entitlement.model import AggregatedEntitlement, GrantWindow
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
FLOATS = st.sampled_from(["0", "0.001", "0.5", "1", "2.5", "10", "250"])
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
def terms(draw: st.DrawFn) -> dict[str, Any]:
    """What a line, or a time of day of it, commits to."""
    by_quantity = draw(st.booleans())
    committed = draw(st.sampled_from(["0", "0.5", "10", "123.456"]).map(Decimal))
    return {
        "commitment_type": "quantity" if by_quantity else "amount",
        "commitment_amount": None if by_quantity else committed,
        "commitment_quantity": committed if by_quantity else None,
        "overage_factor": draw(st.sampled_from(["1", "1.5", "2.3333"]).map(Decimal)),
        "enable_true_up": draw(st.booleans()),
    }


@st.composite
def commitments(draw: st.DrawFn, currency: str) -> LineCommitment:
    times = st.sampled_from(["00:00", "05:30", "06:00", "12:00", "18:00", "23:59"])
    buckets = [
        CommitmentTimeBucket(draw(times), draw(times | st.just("24:00")), draw(prices(currency)), **draw(terms()))
        for _ in range(draw(st.sampled_from([0, 0, 1, 2])))
    ]
    return LineCommitment(**draw(terms()), is_window_commitment=draw(st.booleans()), commitment_time_buckets=tuple(buckets))


@st.composite
def quotas(draw: st.DrawFn, end: datetime) -> list[GrantWindow]:
    """Windows of one config or of several, in whole hours; some reach over the period's ends, some were used up."""
    measure = draw(st.sampled_from(["quantity", "amount"]))
    found = []
    for config in draw(st.sampled_from(["a", "ab"])):
        at = START + timedelta(hours=draw(st.sampled_from([-30, 0, 0, 7])))
        for _ in range(draw(st.integers(1, 3))):
            until = at + timedelta(hours=draw(st.sampled_from([1, 24, 24 * 9])))
            crossed = draw(st.none() | st.sampled_from([at, at + timedelta(hours=1), until]))
            found.append(GrantWindow(config, at, until, Decimal(draw(VALUES)), measure, crossed))
            at = until + timedelta(hours=draw(st.sampled_from([0, 0, 5])))
    return found


@st.composite
def priors(draw: st.DrawFn) -> list[PriorInvoice]:
    """Invoices before the period, one of them before the commitment's start."""
    found = []
    for index in range(draw(st.integers(0, 3))):
        lines = [PriorUsageLine(draw(AMOUNTS), draw(st.none() | st.just(Decimal("1.5")))) for _ in range(draw(st.integers(0, 2)))]
        since = START - timedelta(days=31 * draw(st.sampled_from([0, 1, 1, 2])))
        found.append(PriorInvoice(since, since + timedelta(days=31 - index), tuple(lines)))
    return found


@st.composite
def bills(draw: st.DrawFn) -> tuple[InvoiceRequest, list[UsageRow]]:
    currency = draw(st.sampled_from(["usd", "jpy", "kwd", "clf", "xyz"]))
    period = draw(st.sampled_from(sorted(PERIODS)))
    end = PERIODS[period]
    at_subscription = draw(st.booleans())
    items: list[LineItem] = []
    rows: list[UsageRow] = []
    entitled: dict[str, AggregatedEntitlement] = {}
    granted: dict[str, list[GrantWindow]] = {}
    for index in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["SUM", "MAX", "COUNT", "COUNT_UNIQUE", "LATEST", "WEIGHTED_SUM", "AVG", "SUM_WITH_MULTIPLIER"]))
        size: Any = draw(st.sampled_from([None, None, "6HOUR", "12HOUR", "DAY", "WEEK", "MONTH"])) if kind in ("SUM", "MAX") else None
        meter = Meter(f"m{index}", "e", kind, field="v", bucket_size=size, group_by="g" if size and kind == "MAX" else "")
        days = (end - START).days + 2
        for number in range(draw(st.integers(0, 6))):
            at = START + timedelta(days=draw(st.integers(-3, days)), hours=draw(st.integers(0, 23)))
            # A mean is taken in Float64, so only of values that it holds.
            value, group = Decimal(draw(VALUES if kind != "AVG" else FLOATS)), draw(st.sampled_from(["", "a"])) if meter.group_by else ""
            event_id = f"{index}-{number}" if draw(st.booleans()) else f"{index}-same"
            rows.append(UsageRow(event_id, "c", meter.id, at, value, str(value) if draw(st.booleans()) else "", group))
        if draw(st.booleans()):
            reset = draw(st.sampled_from(["MONTHLY", "DAILY", "NEVER", "ANNUAL", "QUARTERLY", ""]))
            limit = draw(st.sampled_from([None, 0, 1, 10, 100]))
            entitled[meter.id] = AggregatedEntitlement("f", "metered", meter.id, limit, reset, False, True)
        if draw(st.booleans()):
            granted[meter.id] = draw(quotas(end))
        rate = draw(st.sampled_from([None, None, Decimal("0.0125"), Decimal(3)]))
        items.append(
            LineItem(
                f"l{index}",
                replace(draw(prices(currency)), price_unit=None if rate is None else "tok"),
                START + timedelta(days=draw(st.sampled_from([-40, 0, 0, 7]))),
                end_date=draw(st.sampled_from([None, None, START + timedelta(days=20)])),
                meter=meter,
                display_name=f"M{index}",
                commitment=None if at_subscription else draw(st.none() | commitments(currency)),
                price_unit_rate=rate,
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
        commitment_duration=draw(st.sampled_from([None, "MONTHLY", "QUARTERLY", "ANNUAL"])),
        overage_factor=draw(st.sampled_from(["1", "1.5", "2.3333"]).map(Decimal)),
        enable_true_up=draw(st.booleans()),
        plan_display_name="Plan",
    )
    # Of several copies of a row the last one counts.
    distinct = list({(row.meter_id, row.timestamp, row.event_id): row for row in rows}.values())
    now = draw(st.sampled_from([end, end - timedelta(days=9)]))
    request = InvoiceRequest(
        subscription, items, RowsUsage(rows), ["c"], START, end, "preview", now, entitled, granted, prior_invoices=draw(priors())
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
    expected = naive.usage_lines(request, rows)
    assert found == [(line.name, line.amount, line.quantity) for line in expected]
    assert [Fraction(line.price_unit_amount or 0) for line in usage_lines(request)] == [line.units for line in expected]


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
