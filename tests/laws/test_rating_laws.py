"""Laws of rating, for any price, usage and terms. Each test's name is the invariant it holds."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from hypothesis import given
from hypothesis import strategies as st

from flexprice_emulator.rating.commitment.formula import commitment_step
from flexprice_emulator.rating.commitment.model import LineCommitment
from flexprice_emulator.rating.commitment.subscription import GrossCharge, split_charges
from flexprice_emulator.rating.credits import CreditableLine, Wallet, apply_credits
from flexprice_emulator.rating.decimals import currency_places, round_currency
from flexprice_emulator.rating.derivation import to_plain
from flexprice_emulator.rating.derivation_verify import verify
from flexprice_emulator.rating.discount.distribute import distribute_discount
from flexprice_emulator.rating.discount.model import Coupon, CouponAssociation
from flexprice_emulator.rating.entitlement.model import AggregatedEntitlement
from flexprice_emulator.rating.invoice.assemble import assemble_invoice
from flexprice_emulator.rating.invoice.gross import usage_charges
from flexprice_emulator.rating.invoice.model import InvoiceDraft, InvoiceRequest, LineItem, Subscription
from flexprice_emulator.rating.metering.model import Meter
from flexprice_emulator.rating.periods import billing_periods, next_billing_date
from flexprice_emulator.rating.pricing.cost import calculate_cost
from flexprice_emulator.rating.pricing.model import Price, PriceTier, TransformQuantity
from flexprice_emulator.rating.proration import coefficient
from flexprice_emulator.rating.tax import TaxRate
from flexprice_emulator.rating.usage import BucketUsage, Usage

START = datetime(2025, 3, 1, tzinfo=UTC)
END = datetime(2025, 4, 1, tzinfo=UTC)
CURRENCIES = st.sampled_from(["usd", "jpy", "kwd", "clf", "xyz"])


def money(maximum: int = 1000, places: int = 6) -> st.SearchStrategy[Decimal]:
    """Non-negative amounts with some digits below a cent."""
    return st.integers(0, maximum * 10**places).map(lambda n: Decimal(n).scaleb(-places))


QUANTITIES = money(100_000, 3)


@st.composite
def tiers(draw: st.DrawFn, *, flat: bool = True, open_end: bool | None = None) -> tuple[PriceTier, ...]:
    """One to five tiers, ascending, usually with an open end."""
    tops: list[int | None] = sorted(draw(st.sets(st.integers(1, 5000), max_size=4)))  # type: ignore[assignment]
    if not tops or draw(st.booleans()) or open_end:
        tops.append(None)
    return tuple(PriceTier(top, draw(money(10)), draw(money(20)) if flat else Decimal(0)) for top in tops)


@st.composite
def prices(draw: st.DrawFn, currency: str = "usd", **fields: Any) -> Price:
    """Any price model."""
    model = draw(st.sampled_from(["FLAT_FEE", "PACKAGE", "TIERED"]))
    return Price(
        id=draw(st.uuids()).hex,
        currency=currency,
        billing_model=model,
        amount=Decimal(0) if model == "TIERED" else draw(money(50)),
        tier_mode=draw(st.sampled_from(["VOLUME", "SLAB"])) if model == "TIERED" else "",
        tiers=draw(tiers()) if model == "TIERED" else (),
        transform_quantity=TransformQuantity(draw(st.integers(1, 500)), draw(st.sampled_from(["up", "down"])))
        if model == "PACKAGE"
        else None,
        **fields,
    )


class GivenUsage:
    """Usage by meter id, spread over the buckets and windows that are asked for."""

    def __init__(self, values: dict[str, list[Decimal]]) -> None:
        self.values = values

    def total(self, meter: Meter, customers: Sequence[str], start: datetime, end: datetime) -> Usage:
        values = self._within(meter, start, end)
        return Usage(sum((value for _, value in values), Decimal(0)), len(values))

    def buckets(
        self, meter: Meter, customers: Sequence[str], start: datetime, end: datetime, *, anchor: datetime | None = None
    ) -> Sequence[BucketUsage]:
        return [BucketUsage(at, value) for at, value in self._within(meter, start, end)]

    def windows(
        self,
        meter: Meter,
        customers: Sequence[str],
        start: datetime,
        end: datetime,
        size: Literal["DAY", "MONTH"],
        *,
        anchor: datetime | None = None,
    ) -> Sequence[BucketUsage]:
        return self.buckets(meter, customers, start, end)

    def _within(self, meter: Meter, start: datetime, end: datetime) -> list[tuple[datetime, Decimal]]:
        days = [(START + timedelta(days=index), value) for index, value in enumerate(self.values.get(meter.id, []))]
        return [(at, value) for at, value in days if start <= at < end]


@st.composite
def commitments(draw: st.DrawFn, *, windowed: bool) -> LineCommitment:
    """A line's commitment in money or units."""
    by_quantity = draw(st.booleans())
    return LineCommitment(
        commitment_type="quantity" if by_quantity else "amount",
        commitment_amount=None if by_quantity else draw(money(500)),
        commitment_quantity=draw(money(500)) if by_quantity else None,
        overage_factor=draw(st.sampled_from(["1", "1.5", "2.25"]).map(Decimal)),
        enable_true_up=draw(st.booleans()),
        is_window_commitment=windowed,
    )


@st.composite
def requests(draw: st.DrawFn) -> InvoiceRequest:
    """A random but valid subscription with usage, discounts, taxes and credits."""
    currency = draw(CURRENCIES)
    at_subscription = draw(st.booleans())
    subscription = Subscription(
        id="sub",
        currency=currency,
        start_date=START,
        billing_anchor=START,
        current_period_start=START,
        current_period_end=END,
        proration_behavior=draw(st.sampled_from(["none", "create_prorations"])),
        commitment_amount=draw(money(300)) if at_subscription else None,
        overage_factor=draw(st.sampled_from(["1", "1.5"]).map(Decimal)),
        enable_true_up=draw(st.booleans()),
        plan_display_name="Plan",
    )
    items: list[LineItem] = []
    used: dict[str, list[Decimal]] = {}
    entitled: dict[str, AggregatedEntitlement] = {}
    for index in range(draw(st.integers(0, 3))):
        bucketed = draw(st.booleans())
        meter = Meter(f"m{index}", "e", "SUM", field="v", bucket_size="DAY" if bucketed else None)
        used[meter.id] = draw(st.lists(money(2000, 2), max_size=6))
        if draw(st.booleans()):
            reset = draw(st.sampled_from(["MONTHLY", "DAILY", "NEVER", "ANNUAL", ""]))
            limit = draw(st.none() | st.integers(0, 3000))
            entitled[meter.id] = AggregatedEntitlement("f", "metered", meter.id, limit, reset, False, True)
        items.append(
            LineItem(
                f"usage{index}",
                draw(prices(currency)),
                START + timedelta(days=draw(st.integers(-5, 5))),
                meter=meter,
                display_name=f"Meter {index}",
                commitment=None if at_subscription else draw(st.none() | commitments(windowed=bucketed)),
            )
        )
    for index in range(draw(st.integers(0, 3))):
        cadence = draw(st.sampled_from(["ADVANCE", "ARREAR"]))
        start = START + timedelta(hours=draw(st.integers(-100, 100)))
        price = draw(prices(currency, type="FIXED", invoice_cadence=cadence))
        items.append(LineItem(f"fixed{index}", price, start, quantity=draw(money(30, 1)), display_name=f"Fee {index}"))
    return InvoiceRequest(
        subscription=subscription,
        line_items=items,
        usage=GivenUsage(used),
        customers=["c"],
        period_start=START,
        period_end=END,
        reference_point=draw(st.sampled_from(["period_start", "period_end", "cancel", "preview"])),
        now=END,
        entitlements=entitled,
        coupons=draw(coupon_lists([item.id for item in items])),
        taxes=draw(st.lists(taxes(), max_size=2)),
        wallets=[Wallet(f"w{index}", balance) for index, balance in enumerate(draw(st.lists(money(200, 3), max_size=3)))],
        opening_credit=draw(st.sampled_from(["0", "12.34"]).map(Decimal)),
    )


@st.composite
def coupon_lists(draw: st.DrawFn, line_item_ids: list[str]) -> list[CouponAssociation]:
    """Up to three coupons, on the invoice or on a line."""
    found = []
    for index in range(draw(st.integers(0, 3))):
        if draw(st.booleans()):
            coupon = Coupon(f"k{index}", "percentage", percentage_off=draw(money(100, 4)))
        else:
            coupon = Coupon(f"k{index}", "fixed", amount_off=draw(money(100, 2)))
        line = draw(st.sampled_from([None, *line_item_ids]))
        found.append(CouponAssociation(f"a{index}", coupon, START, subscription_line_item_id=line))
    return found


def taxes() -> st.SearchStrategy[TaxRate]:
    """A percentage or a fixed rate."""
    percentage = money(40, 3).map(lambda value: TaxRate("p", "percentage", percentage_value=value))
    return percentage | money(5, 3).map(lambda value: TaxRate("f", "fixed", fixed_value=value))


# -- prices


@given(tiers(flat=False, open_end=True), QUANTITIES, QUANTITIES)
def test_slab_cost_is_monotone_in_quantity(given_tiers: tuple[PriceTier, ...], a: Decimal, b: Decimal) -> None:
    price = Price("p", "usd", "TIERED", tier_mode="SLAB", tiers=given_tiers)
    low, high = sorted((a, b))
    assert calculate_cost(price, low) <= calculate_cost(price, high)


@given(tiers(flat=False, open_end=True), QUANTITIES, money(1, 6))
def test_slab_cost_without_flat_fees_is_continuous(given_tiers: tuple[PriceTier, ...], quantity: Decimal, step: Decimal) -> None:
    price = Price("p", "usd", "TIERED", tier_mode="SLAB", tiers=given_tiers)
    steepest = max(tier.unit_amount for tier in given_tiers)
    assert calculate_cost(price, quantity + step) - calculate_cost(price, quantity) <= steepest * step


@given(money(50), st.integers(1, 1000), st.integers(0, 200), QUANTITIES)
def test_package_cost_is_a_step_function(amount: Decimal, size: int, count: int, quantity: Decimal) -> None:
    up = Price("p", "usd", "PACKAGE", amount, transform_quantity=TransformQuantity(size, "up"))
    down = Price("p", "usd", "PACKAGE", amount, transform_quantity=TransformQuantity(size, "down"))
    assert calculate_cost(up, Decimal(count * size)) == calculate_cost(down, Decimal(count * size)) == amount * count
    whole = Decimal(int(quantity // size))
    assert calculate_cost(down, quantity) == amount * whole
    assert calculate_cost(up, quantity) == amount * (whole if quantity % size == 0 else whole + 1)


@given(prices())
def test_no_usage_costs_nothing(price: Price) -> None:
    assert calculate_cost(price, Decimal(0)) == 0


# -- drafts


def exact(value: Decimal) -> bool:
    return isinstance(value, Decimal) and value.is_finite()


@given(requests())
def test_total_is_lines_less_discounts_and_credits_plus_tax(request: InvoiceRequest) -> None:
    draft = assemble_invoice(request)
    assert draft.subtotal == sum((line.amount for line in draft.line_items), Decimal(0))
    assert draft.total_discount == sum((a.discounted_amount for a in draft.coupon_applications), Decimal(0))
    assert draft.total_tax == sum((tax.tax_amount for tax in draft.taxes), Decimal(0))
    payable = draft.subtotal - draft.total_discount - draft.total_prepaid_credits_applied
    assert draft.total == max(payable, Decimal(0)) + draft.total_tax
    assert draft.amount_due == draft.total


@given(requests())
def test_every_amount_is_exact_and_rounded_to_the_currency(request: InvoiceRequest) -> None:
    draft = assemble_invoice(request)
    smallest = Decimal(1).scaleb(-currency_places(draft.currency))
    rounded = [line.amount for line in draft.line_items] + [a.discounted_amount for a in draft.coupon_applications]
    if request.opening_credit == round_currency(request.opening_credit, draft.currency):
        assert all(exact(amount) and amount % smallest == 0 for amount in rounded)
    assert all(tax.tax_amount % smallest == 0 for tax in draft.taxes)
    assert all(exact(figure) for figure in (draft.subtotal, draft.total_discount, draft.total_tax, draft.total))


@given(requests())
def test_a_draft_follows_from_its_derivation_alone(request: InvoiceRequest) -> None:
    draft = assemble_invoice(request)
    assert verify(draft.derivation) == []
    for line, figures in zip(draft.line_items, draft.derivation.lines, strict=True):
        assert (line.amount, line.quantity) == (figures.derivation.amount, figures.derivation.quantity)


@given(requests(), st.sampled_from(["amount", "quantity"]))
def test_a_changed_figure_does_not_verify(request: InvoiceRequest, field: str) -> None:
    plain = to_plain(assemble_invoice(request).derivation)
    for line in plain["lines"]:
        tampered = dict(line["derivation"])
        tampered[field] = str(Decimal(tampered[field]) + Decimal("0.01"))
        assert verify(tampered) != []


@given(requests())
def test_preview_charges_what_the_renewal_charges(request: InvoiceRequest) -> None:
    def assembled(reference_point: Literal["preview", "period_end"]) -> InvoiceDraft:
        fields = {name: getattr(request, name) for name in InvoiceRequest.__slots__}
        return assemble_invoice(InvoiceRequest(**(fields | {"reference_point": reference_point, "wallets": ()})))

    preview, invoice = assembled("preview"), assembled("period_end")
    assert [(line.display_name, line.quantity, line.amount) for line in preview.line_items] == [
        (line.display_name, line.quantity, line.amount) for line in invoice.line_items
    ]
    assert preview.total == invoice.total


@given(requests())
def test_gross_usage_charges_conserve_quantity_through_the_split(request: InvoiceRequest) -> None:
    charges = usage_charges(request.subscription, request.line_items, request.usage, request.customers, START, END)
    for item in {charge.line_item.id: charge.line_item for charge in charges.charges}.values():
        mine = [charge for charge in charges.charges if charge.line_item.id == item.id]
        used = request.usage.total(item.meter, ["c"], mine[0].period_start, mine[0].period_end)  # type: ignore[arg-type]
        assert sum((charge.quantity for charge in mine), Decimal(0)) == used.quantity
        assert all(verify(charge.derivation) == [] for charge in mine)


# -- commitments, discounts, credits


@given(money(), money(), st.sampled_from(["1", "1.5", "3"]).map(Decimal), st.booleans())
def test_a_commitment_never_charges_less_than_usage_nor_true_up_less_than_itself(
    usage: Decimal, commitment: Decimal, factor: Decimal, true_up: bool
) -> None:
    step = commitment_step(usage, commitment, factor, true_up=true_up)
    assert step.charge == step.utilized + step.overage + step.true_up
    assert step.charge >= (max(usage, commitment) if true_up else usage)


@given(st.lists(st.tuples(QUANTITIES, money(5, 4)), max_size=5), money(1000, 2))
def test_a_split_never_covers_more_than_the_commitment(charges: list[tuple[Decimal, Decimal]], commitment: Decimal) -> None:
    gross = [GrossCharge(Price("p", "usd", "FLAT_FEE", unit), q, round_currency(unit * q, "usd")) for q, unit in charges]
    split = split_charges(gross, commitment, Decimal("1.5"), "usd")
    assert 0 <= split.utilized <= commitment


@given(st.lists(money(500, 2), max_size=8), money(1000, 2), CURRENCIES)
def test_a_distributed_discount_sums_to_the_discount_unless_the_last_line_is_used_up(
    amounts: list[Decimal], discount: Decimal, currency: str
) -> None:
    remaining = [round_currency(amount, currency) for amount in amounts]
    off = min(round_currency(discount, currency), sum(remaining, Decimal(0)))
    shares = distribute_discount(remaining, off, currency)
    assert sum(shares, Decimal(0)) <= off
    if sum(shares, Decimal(0)) < off:
        smallest = min(amount for amount in remaining if amount)
        assert any(share == amount == smallest for share, amount in zip(shares, remaining, strict=True))
    assert all(0 <= share <= amount for share, amount in zip(shares, remaining, strict=True))


@given(st.lists(st.tuples(st.sampled_from(["USAGE", "FIXED"]), money(50, 2)), max_size=6), st.lists(money(60, 3), max_size=4))
def test_credits_never_exceed_a_line_or_a_wallet(lines: list[tuple[str, Decimal]], balances: list[Decimal]) -> None:
    wallets = [Wallet(f"w{index}", balance) for index, balance in enumerate(balances)]
    debits = apply_credits([CreditableLine(*line) for line in lines], wallets, "usd")
    for wallet in wallets:
        assert sum((debit.amount for debit in debits if debit.wallet_id == wallet.id), Decimal(0)) <= wallet.balance
    for index, (price_type, payable) in enumerate(lines):
        taken = sum((debit.amount for debit in debits if debit.line_index == index), Decimal(0))
        assert taken <= payable
        assert not (taken and price_type == "FIXED")


# -- time

PERIODS = st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "HALF_YEARLY", "ANNUAL"])
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0))  # noqa: DTZ001
ZONES = st.sampled_from(["", "UTC", "Asia/Kolkata", "America/New_York", "Pacific/Apia", "nowhere"])


@given(INSTANTS, PERIODS, st.integers(1, 3), ZONES)
def test_the_next_billing_date_lies_ahead(anchor: datetime, period: str, unit: int, zone: str) -> None:
    assert next_billing_date(anchor, anchor, period, unit, timezone=zone) > anchor


@given(INSTANTS, PERIODS, st.integers(1, 400))
def test_billing_periods_touch_and_cover_the_span(start: datetime, period: str, days: int) -> None:
    end = start + timedelta(days=days)
    periods = list(billing_periods(start, end, start, period))
    assert [first for first, _ in periods[1:]] == [last for _, last in periods[:-1]]
    assert (periods[0][0], periods[-1][1]) == (start, end)


@given(INSTANTS, st.integers(1, 10**8), st.integers(-(10**6), 10**8))
def test_a_coefficient_is_zero_after_the_end_and_whole_at_the_start(start: datetime, length: int, offset: int) -> None:
    end = start + timedelta(seconds=length)
    at = start + timedelta(seconds=offset)
    share = coefficient(start, end, at)
    assert coefficient(start, end, start) == 1
    assert share == 0 if at >= end else share > 0
    assert (share > 1) <= (at < start)
