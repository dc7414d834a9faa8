"""Gross usage as `POST /subscriptions/usage` shows it, analytics items, cumulative commitments."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flexprice_emulator.rating.commitment.model import CommitmentTimeBucket, LineCommitment, PriorInvoice, PriorUsageLine
from flexprice_emulator.rating.derivation_verify import verify
from flexprice_emulator.rating.discount.model import Coupon, CouponAssociation
from flexprice_emulator.rating.invoice.assemble import assemble_invoice
from flexprice_emulator.rating.invoice.gross import gross_usage, usage_charges
from flexprice_emulator.rating.invoice.item_cost import item_cost
from flexprice_emulator.rating.metering.rows import RowsUsage
from flexprice_emulator.rating.pricing.model import Price, PriceTier

JANUARY, FEBRUARY = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 2, 1, tzinfo=UTC)


def charges(billing: Any, *items: Any, **fields: Any) -> Any:
    return usage_charges(billing.subscription(**fields), items, RowsUsage(billing.rows), ["c"], billing.start, billing.end)


def test_the_total_rounds_unrounded_costs_once(billing: Any) -> None:
    found = charges(billing, billing.usage("a", "0.005", "1"), billing.usage("b", "0.005", "1"))
    assert ([charge.amount for charge in found.charges], found.amount) == ([Decimal("0.01"), Decimal("0.01")], Decimal("0.01"))


def test_line_commitments_and_entitlements_do_not_count_in_gross_usage(billing: Any) -> None:
    committed = billing.usage("a", "1", "5", commitment=LineCommitment(commitment_amount=Decimal(100), enable_true_up=True))
    assert charges(billing, committed).amount == 5


def test_the_subscription_commitment_splits_charges(billing: Any) -> None:
    found = charges(billing, billing.usage("a", "1", "30"), commitment_amount=Decimal(10), overage_factor=Decimal("1.5"))
    assert [(c.quantity, c.amount, c.is_overage, c.overage_factor) for c in found.charges] == [
        (10, 10, False, None),
        (20, 30, True, Decimal("1.5")),
    ]
    assert (found.amount, found.commitment_utilized, found.overage_amount, found.has_overage) == (40, 10, 30, True)


def test_a_commitment_is_spent_on_plain_meters_then_buckets_then_idle_lines(billing: Any) -> None:
    items = [billing.usage("idle"), billing.usage("bucketed", "1", "4", bucket_size="DAY"), billing.usage("plain", "1", "4")]
    spent = gross_usage(items, RowsUsage(billing.rows), ["c"], billing.start, billing.end, "usd")
    assert [charge.line_item.id for charge in spent] == ["plain", "bucketed", "idle"]


def test_an_analytics_item_is_unrounded_and_knows_its_commitment(billing: Any) -> None:
    item = billing.usage("a", "0.333", "1", commitment=LineCommitment(commitment_amount=Decimal("0.1"), overage_factor=Decimal(2)))
    (gross,) = gross_usage([item], RowsUsage(billing.rows), ["c"], billing.start, billing.end, "usd")
    with_commitment = item_cost(gross, billing_anchor=billing.start, now=billing.end)
    without = item_cost(gross, billing_anchor=billing.start, now=billing.end, with_commitment=False)
    assert (with_commitment.cost, without.cost) == (Decimal("0.566"), Decimal("0.333"))
    assert with_commitment.commitment_info is not None
    assert without.commitment_info is None
    assert verify(with_commitment.derivation) == verify(without.derivation) == []


def test_a_bucketed_analytics_item_is_rounded(billing: Any) -> None:
    item = billing.usage("a", "0.333", "1", "1", bucket_size="DAY")
    (gross,) = gross_usage([item], RowsUsage(billing.rows), ["c"], billing.start, billing.end, "usd")
    assert item_cost(gross, billing_anchor=billing.start, now=billing.end).cost == Decimal("0.67")


def test_usage_is_sorted_by_the_meter_s_name_or_else_the_line_s(billing: Any) -> None:
    items = [replace(billing.usage(name), meter_display_name=meter) for name, meter in (("a", "3"), ("b", "1"), ("2", ""))]
    assert [charge.line_item.display_name for charge in charges(billing, *items).charges] == ["b", "2", "a"]
    assert [line.display_name for line in assemble_invoice(billing.request(*items)).line_items] == ["b", "2", "a"]


def test_a_derivation_says_what_was_read(billing: Any) -> None:
    items = [
        billing.usage("daily", "1", "4", bucket_size="DAY"),
        billing.usage("plain", "1", "4", end_date=datetime(2025, 3, 10, tzinfo=UTC)),
    ]
    found = [charge.derivation.steps[0].query for charge in charges(billing, *items).charges]
    assert [(query.meter_id, query.customers, query.start, query.end, query.bucket_size) for query in found] == [
        ("daily", ("c",), billing.start, billing.end, "DAY"),
        ("plain", ("c",), billing.start, datetime(2025, 3, 10, tzinfo=UTC), None),
    ]


def test_a_line_commitment_of_nothing_changes_nothing(billing: Any) -> None:
    item = billing.usage("a", "1", "5", commitment=LineCommitment(commitment_amount=Decimal(0), enable_true_up=True))
    (line,) = assemble_invoice(billing.request(item)).line_items
    assert (line.amount, line.commitment_info) == (5, None)


def test_a_commitment_without_windows_is_one_for_all_buckets(billing: Any) -> None:
    commitment = LineCommitment(commitment_amount=Decimal(10), overage_factor=Decimal(2))
    draft = assemble_invoice(billing.request(billing.usage("a", "1", "8", "7", bucket_size="DAY", commitment=commitment)))
    assert draft.total == 10 + 5 * 2
    assert verify(draft.derivation) == []


def cumulative(billing: Any, *items: Any, prior: PriorUsageLine, **fields: Any) -> Any:
    terms = {
        "commitment_amount": Decimal(60),
        "overage_factor": Decimal(2),
        "commitment_duration": "ANNUAL",
        "start_date": JANUARY,
        "billing_anchor": JANUARY,
    }
    invoices = [PriorInvoice(JANUARY, FEBRUARY, (prior,))]
    return assemble_invoice(billing.request(*items, subscription=billing.subscription(**(terms | fields)), prior_invoices=invoices))


def test_earlier_overage_counts_at_its_base_rate(billing: Any) -> None:
    draft = cumulative(billing, billing.usage("a", "1", "12"), prior=PriorUsageLine(Decimal(100), Decimal(2)))
    assert [(line.display_name, line.price_type, line.amount, line.quantity) for line in draft.line_items] == [
        ("a", "USAGE", 10, 10),
        ("Plan Overage", "FIXED", 4, 2),
    ]
    assert verify(draft.derivation) == []


def test_a_cumulative_overage_says_its_factor(billing: Any) -> None:
    *_, line = cumulative(billing, billing.usage("a", "1", "12"), prior=PriorUsageLine(Decimal(60))).line_items
    assert dict(line.metadata) == {"is_overage": "true", "overage_factor": "2", "description": "Plan Overage (Overage Charge)"}


def test_a_commitment_used_up_leaves_nothing_within(billing: Any) -> None:
    draft = cumulative(billing, billing.usage("a", "1", "12"), billing.usage("b"), prior=PriorUsageLine(Decimal(70)))
    assert [line.amount for line in draft.line_items] == [0, 0, 24]
    assert verify(draft.derivation) == []


def test_usage_within_the_commitment_keeps_its_amount_and_two_places_of_its_quantity(billing: Any) -> None:
    draft = cumulative(billing, billing.usage("a", "2", "1.255"), prior=PriorUsageLine(Decimal(1)), enable_true_up=True)
    assert [(line.display_name, line.amount, line.quantity) for line in draft.line_items] == [("a", Decimal("2.51"), Decimal("1.26"))]
    assert verify(draft.derivation) == []


def test_an_idle_period_within_a_cumulative_commitment(billing: Any) -> None:
    draft = cumulative(billing, billing.usage("a"), prior=PriorUsageLine(Decimal(1)))
    assert [(line.display_name, line.amount) for line in draft.line_items] == [("a", 0)]


def test_a_line_outside_the_window_is_no_charge(billing: Any) -> None:
    item = billing.usage("a", "1", "5", end_date=billing.start)
    assert charges(billing, item).charges == ()


def test_time_buckets_and_plain_windows_verify(billing: Any) -> None:
    night = CommitmentTimeBucket("22:00", "24:00", billing.usage("n").price, commitment_amount=Decimal(9), enable_true_up=True)
    commitment = LineCommitment("", is_window_commitment=True, commitment_time_buckets=(night,))
    draft = assemble_invoice(billing.request(billing.usage("a", "1", "5", bucket_size="HOUR", commitment=commitment)))
    assert draft.total == 5 + 31 * 2 * 9
    assert verify(draft.derivation) == []


def test_a_closed_slab_verifies(billing: Any) -> None:
    price = Price("p", "usd", "TIERED", tier_mode="SLAB", tiers=(PriceTier(10, Decimal(1)), PriceTier(20, Decimal("0.5"))))
    draft = assemble_invoice(billing.request(billing.usage("a", "0", "50", price=price)))
    assert draft.total == 15
    assert verify(draft.derivation) == []


def test_a_discount_that_no_line_can_carry_verifies(billing: Any) -> None:
    items = [billing.usage(f"m{n}", "0.1", "1") for n in range(9)] + [billing.usage("tiny", "0.01", "1")]
    coupon = CouponAssociation("a", Coupon("k", "fixed", amount_off=Decimal("0.04")), billing.start)
    draft = assemble_invoice(billing.request(*items, coupons=[coupon], reference_point="cancel"))
    assert (draft.total_discount, sum(line.invoice_level_discount for line in draft.line_items)) == (Decimal("0.04"), Decimal("0.01"))
    assert verify(draft.derivation) == []
