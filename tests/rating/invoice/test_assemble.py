"""What stands on a draft, in what order, with what texts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from flexprice_emulator.rating.credits import Wallet
from flexprice_emulator.rating.derivation_verify import verify
from flexprice_emulator.rating.discount.model import Coupon, CouponAssociation
from flexprice_emulator.rating.entitlement.model import AggregatedEntitlement, GrantWindow
from flexprice_emulator.rating.invoice.assemble import assemble_invoice, billable_usage_lines
from flexprice_emulator.rating.invoice.model import InvoicedLine
from flexprice_emulator.rating.invoice.usage_lines import PriceUnitNotFoundError
from flexprice_emulator.rating.pricing.model import Price, PriceTier
from flexprice_emulator.rating.tax import TaxRate

Shown = Callable[[Any], list[tuple[str, str, str]]]


def entitlement(meter_id: str, limit: int | None, reset: str = "MONTHLY") -> AggregatedEntitlement:
    return AggregatedEntitlement("f", "metered", meter_id, limit, reset, False, True)


def coupon(id_: str, percent: str, line: str | None = None) -> CouponAssociation:
    given = Coupon(id_, "percentage", percentage_off=Decimal(percent))
    return CouponAssociation(id_, given, datetime(2025, 1, 1, tzinfo=UTC), subscription_line_item_id=line)


def test_a_renewal_lists_arrear_fixed_then_next_advance_then_usage_by_name(billing: Any, shown: Shown) -> None:
    items = [
        billing.usage("Z calls", "1", "3"),
        billing.usage("A calls", "1", "2"),
        billing.fixed("seat", "10"),
        billing.fixed("support", "5", "ARREAR"),
    ]
    draft = assemble_invoice(billing.request(*items, reference_point="period_end"))
    assert shown(draft) == [("support", "5.00", "1"), ("seat", "10.00", "1"), ("A calls", "2.00", "2"), ("Z calls", "3.00", "3")]
    assert [line.period_start for line in draft.line_items] == [billing.start, billing.end, billing.start, billing.start]
    assert draft.description == "Invoice for subscription sub"
    assert draft.metadata == {}


def test_the_opening_invoice_has_advance_fixed_lines_only(billing: Any, shown: Shown) -> None:
    items = [billing.usage("calls", "1", "3"), billing.fixed("seat", "10"), billing.fixed("support", "5", "ARREAR")]
    draft = assemble_invoice(billing.request(*items, reference_point="period_start"))
    assert shown(draft) == [("seat", "10.00", "1")]
    assert draft.description == "Invoice for advance charges - subscription sub"


def test_a_cancellation_has_arrear_fixed_and_usage_only(billing: Any, shown: Shown) -> None:
    items = [billing.usage("calls", "1", "3"), billing.fixed("seat", "10"), billing.fixed("support", "5", "ARREAR")]
    assert shown(assemble_invoice(billing.request(*items, reference_point="cancel"))) == [("support", "5.00", "1"), ("calls", "3.00", "3")]


def test_a_trial_opens_with_its_lines_at_nothing(billing: Any, shown: Shown) -> None:
    draft = assemble_invoice(billing.request(billing.fixed("seat", "10"), reference_point="period_start", is_trial_start=True))
    assert shown(draft) == [("seat", "0", "1")]
    assert verify(draft.derivation) == []


def test_an_advance_usage_price_is_never_billed(billing: Any) -> None:
    assert assemble_invoice(billing.request(billing.usage("calls", "1", "3", cadence="ADVANCE"))).line_items == ()


def test_nothing_is_billed_ahead_of_the_end(billing: Any) -> None:
    request = billing.request(billing.fixed("seat", "10"), subscription=billing.subscription(end_date=billing.end))
    assert assemble_invoice(request).line_items == ()


def test_a_next_period_cut_by_the_end_costs_the_full_price(billing: Any) -> None:
    end = billing.end + timedelta(days=14)
    request = billing.request(billing.fixed("seat", "10", end_date=end), subscription=billing.subscription(end_date=end))
    (line,) = assemble_invoice(request).line_items
    assert (line.amount, line.period_end) == (Decimal(10), end)


@pytest.mark.parametrize(("reference_point", "count"), [("period_end", 0), ("preview", 3)])
def test_lines_already_invoiced_are_dropped_from_real_invoices_only(billing: Any, reference_point: str, count: int) -> None:
    items = [billing.usage("calls", "1", "3"), billing.fixed("support", "5", "ARREAR"), billing.fixed("seat", "10")]
    overlap = billing.start + timedelta(days=3)
    invoiced = [
        InvoicedLine("price-calls", overlap, overlap + timedelta(days=1)),
        InvoicedLine("price-support", billing.start, billing.end),
        InvoicedLine("price-seat", billing.end, billing.end + timedelta(days=30)),
    ]
    assert len(assemble_invoice(billing.request(*items, invoiced_lines=invoiced, reference_point=reference_point)).line_items) == count


def test_an_invoice_of_the_period_before_drops_nothing(billing: Any) -> None:
    invoiced = [InvoicedLine("price-calls", billing.start - timedelta(days=28), billing.start)]
    request = billing.request(billing.usage("calls", "1", "3"), invoiced_lines=invoiced, reference_point="period_end")
    assert len(assemble_invoice(request).line_items) == 1


def test_texts_of_lines(billing: Any) -> None:
    subscription = billing.subscription(commitment_amount=Decimal(10), overage_factor=Decimal("1.5"))
    items = [billing.usage("calls", "1", "30"), billing.fixed("seat", "10")]
    draft = assemble_invoice(billing.request(*items, subscription=subscription, entitlements={"calls": entitlement("calls", 4)}))
    assert [(line.display_name, dict(line.metadata)) for line in draft.line_items] == [
        ("seat", {"description": "seat (Fixed Charge)"}),
        ("calls", {"description": "calls (Usage Charge)", "usage_reset_period": "monthly"}),
        ("calls (Overage)", {"description": "calls (Overage Charge)", "is_overage": "true", "overage_factor": "1.5"}),
    ]
    assert draft.description == "Preview invoice for subscription sub"
    assert draft.metadata == {"is_preview": "true"}


def test_an_entitlement_is_reported_even_when_it_takes_nothing_off(billing: Any) -> None:
    items = [billing.usage("a", "1", "3"), billing.usage("b", "1", "3")]
    first, second = assemble_invoice(billing.request(*items, entitlements={"a": entitlement("a", 0)})).line_items
    assert (first.adjusted_entitlement_quantity, second.adjusted_entitlement_quantity) == (Decimal(0), None)


def test_unlimited_bills_nothing_even_for_buckets_of_zero(billing: Any) -> None:
    # A bucket of 0 alone would pay the flat amount of its tier.
    price = Price("p", "usd", "TIERED", tier_mode="SLAB", tiers=(PriceTier(None, Decimal(1), Decimal(5)),))
    items = [billing.usage("a", "1", "3"), billing.usage("b", "1", "0", bucket_size="DAY", price=price)]
    unlimited = {"a": entitlement("a", None), "b": entitlement("b", None)}
    draft = assemble_invoice(billing.request(*items, entitlements=unlimited))
    assert [(line.amount, line.quantity, line.adjusted_entitlement_quantity) for line in draft.line_items] == [(0, 0, 3), (0, 0, 0)]


@pytest.mark.parametrize(
    ("reset", "rule"),
    [("MONTHLY", "period"), ("DAILY", "day"), ("NEVER", "never"), ("WEEKLY", "period"), ("", "period")],
)
def test_the_rule_that_took_an_allowance_off_is_named(billing: Any, reset: str, rule: str) -> None:
    (line,) = assemble_invoice(billing.request(billing.usage("a", "1", "15"), entitlements={"a": entitlement("a", 10, reset)})).line_items
    (step,) = (step for step in line.derivation.steps if step.kind == "entitlement")
    assert (step.rule, step.usage_limit, step.gross, step.billable) == (rule, 10, 15, 5)


def test_a_monthly_limit_of_a_quarter_counts_each_anchored_month(billing: Any) -> None:
    start = datetime(2025, 2, 3, tzinfo=UTC)
    end = datetime(2025, 5, 3, tzinfo=UTC)
    subscription = billing.subscription(
        billing_period="QUARTERLY", start_date=start, billing_anchor=start, current_period_start=start, current_period_end=end
    )
    item = billing.usage("a", "1", "15", "20")
    request = billing.request(item, subscription=subscription, entitlements={"a": entitlement("a", 10)}, period_start=start, period_end=end)
    (line,) = assemble_invoice(request).line_items
    # 15 on 2 March belongs to the month from 3 February, 20 on 3 March to the next.
    assert (line.quantity, line.adjusted_entitlement_quantity) == (15, 20)


def test_grants_replace_the_entitlement(billing: Any) -> None:
    grant = GrantWindow("e", billing.start, billing.end, Decimal(5))
    request = billing.request(billing.usage("a", "2", "8"), grants={"a": [grant]}, entitlements={"a": entitlement("a", None)})
    draft = assemble_invoice(request)
    (line,) = draft.line_items
    assert (line.amount, line.quantity, line.adjusted_entitlement_quantity) == (6, 3, 5)
    assert verify(draft.derivation) == []


def test_an_amount_grant_bills_money_without_a_quantity(billing: Any) -> None:
    grant = GrantWindow("e", billing.start, billing.end, Decimal(5), "amount")
    draft = assemble_invoice(billing.request(billing.usage("a", "2", "8"), grants={"a": [grant]}))
    (line,) = draft.line_items
    assert (line.amount, line.quantity) == (11, 0)
    assert verify(draft.derivation) == []


def test_a_split_bucketed_charge_is_billed_twice(billing: Any, shown: Shown) -> None:
    subscription = billing.subscription(commitment_amount=Decimal(10), overage_factor=Decimal(2))
    draft = assemble_invoice(billing.request(billing.usage("a", "1", "8", "7", bucket_size="DAY"), subscription=subscription))
    assert shown(draft) == [("a", "15.00", "15"), ("a (Overage)", "15.00", "15")]
    assert verify(draft.derivation) == []


def test_an_opening_credit_is_used_up_by_fixed_lines_in_order(billing: Any) -> None:
    items = [billing.usage("calls", "1", "9"), billing.fixed("a", "10", "ARREAR"), billing.fixed("b", "10", "ARREAR")]
    draft = assemble_invoice(billing.request(*items, opening_credit=Decimal(15)))
    assert [line.amount for line in draft.line_items] == [0, 5, 9]
    assert assemble_invoice(billing.request(*items, opening_credit=Decimal(150))).total == 9


def test_a_full_fixed_line_is_explained_by_its_price_alone(billing: Any) -> None:
    (line,) = assemble_invoice(billing.request(billing.fixed("base", "10", "ARREAR"))).line_items
    assert [step.kind for step in line.derivation.steps] == ["fixed_quantity", "pricing", "rounding"]


def test_a_true_up_line_says_what_was_committed_and_used(billing: Any) -> None:
    subscription = billing.subscription(commitment_amount=Decimal("100.50"), overage_factor=Decimal(2), enable_true_up=True)
    *_, line = assemble_invoice(billing.request(billing.usage("calls", "1", "30.25"), subscription=subscription)).line_items
    assert (line.display_name, line.price_type, line.amount, line.quantity) == ("Plan True Up", "FIXED", Decimal("70.25"), 1)
    assert dict(line.metadata) == {
        "is_commitment_trueup": "true",
        "commitment_amount": "100.5",
        "commitment_utilized": "30.25",
        "description": "Plan True Up",
    }


def test_a_usage_line_without_its_price_unit_fails_and_a_fixed_line_goes_missing(billing: Any) -> None:
    assert assemble_invoice(billing.request(billing.fixed("seat", "10", price_unit="tok"))).line_items == ()
    with pytest.raises(PriceUnitNotFoundError):
        assemble_invoice(billing.request(billing.usage("a", "1", "8", price_unit="tok")))


def test_price_units_show_unrounded_fixed_and_rounded_usage_amounts(billing: Any) -> None:
    rate = Decimal("0.01")
    items = [
        billing.fixed("seat", "0.155", price_unit="tok", price_unit_rate=rate),
        billing.usage("a", "0.155", "1", price_unit="tok", price_unit_rate=rate),
    ]
    draft = assemble_invoice(billing.request(*items))
    assert [line.price_unit_amount for line in draft.line_items] == [Decimal("15.5"), Decimal(16)]


def test_zero_lines_can_be_hidden(billing: Any, shown: Shown) -> None:
    items = [billing.usage("a"), billing.usage("b", "1", "2")]
    assert shown(assemble_invoice(billing.request(*items, hide_zero_charges_line_items=True))) == [("b", "2.00", "2")]


def test_a_usage_line_needs_a_meter(billing: Any) -> None:
    item = billing.usage("a")
    broken = type(item)("x", item.price, item.start_date)
    with pytest.raises(ValueError, match="has no meter"):
        assemble_invoice(billing.request(broken))


def test_discounts_credits_and_tax_in_the_reference_order(billing: Any) -> None:
    items = [billing.fixed("base", "10", "ARREAR"), billing.usage("calls", "0.5", "40")]
    taxes = [TaxRate("gst", "percentage", percentage_value=Decimal(10)), TaxRate("fee", "fixed", fixed_value=Decimal(2))]
    draft = assemble_invoice(
        billing.request(*items, reference_point="cancel", coupons=[coupon("half", "50")], taxes=taxes, wallets=[Wallet("w", Decimal(3))])
    )
    assert (draft.subtotal, draft.total_discount, draft.total_tax, draft.total_prepaid_credits_applied) == (30, 15, Decimal("3.5"), 3)
    assert (draft.total, draft.amount_due) == (Decimal("15.5"), Decimal("15.5"))
    assert [(line.invoice_level_discount, line.prepaid_credits_applied) for line in draft.line_items] == [(5, 0), (10, 3)]


def test_line_coupons_look_at_the_full_line_and_may_exceed_it(billing: Any) -> None:
    coupons = [coupon("a", "80", "base"), coupon("b", "80", "base"), coupon("c", "10")]
    draft = assemble_invoice(billing.request(billing.fixed("base", "10", "ARREAR"), reference_point="cancel", coupons=coupons))
    assert [application.discounted_amount for application in draft.coupon_applications] == [8, 8]
    assert (draft.line_items[0].line_item_discount, draft.total_discount, draft.total) == (16, 16, 0)
    assert verify(draft.derivation) == []


def test_invoice_coupons_stop_where_nothing_is_left(billing: Any) -> None:
    coupons = [coupon("a", "100"), coupon("b", "10")]
    draft = assemble_invoice(billing.request(billing.fixed("base", "10", "ARREAR"), coupons=coupons))
    assert [application.discounted_amount for application in draft.coupon_applications] == [10]


def test_a_preview_counts_invoice_coupons_and_shows_them_on_no_line(billing: Any) -> None:
    draft = assemble_invoice(billing.request(billing.fixed("base", "10", "ARREAR"), coupons=[coupon("a", "10")]))
    assert (draft.total_discount, draft.line_items[0].invoice_level_discount) == (1, 0)


def test_a_group_merges_lines_and_line_coupons_of_children(billing: Any) -> None:
    child_subscription = billing.subscription(id="child", customer_id="cust-child")
    child = billing.request(
        billing.fixed("desk", "12", "ARREAR"),
        subscription=child_subscription,
        coupons=[coupon("own", "50", "desk"), coupon("ignored", "50")],
    )
    draft = assemble_invoice(billing.request(billing.fixed("base", "10", "ARREAR"), children=[child]))
    assert [(line.subscription_id, line.metadata.get("child_customer_id")) for line in draft.line_items] == [
        ("sub", None),
        ("child", "cust-child"),
    ]
    assert (draft.subtotal, draft.total_discount) == (22, 6)


def test_usage_reserved_by_a_wallet_is_the_usage_side_of_the_preview(billing: Any) -> None:
    request = billing.request(billing.usage("a", "1", "8"), billing.fixed("seat", "10"), entitlements={"a": entitlement("a", 3)})
    assert [line.amount for line in billable_usage_lines(request)] == [5]


def test_ten_percent_off_thirty_of_credits_and_ten_percent_tax(billing: Any) -> None:
    items = [billing.fixed("base", "50", "ARREAR"), billing.usage("calls", "1", "50")]
    tax = TaxRate("t", "percentage", percentage_value=Decimal(10))
    request = billing.request(
        *items, reference_point="cancel", coupons=[coupon("k", "10")], taxes=[tax], wallets=[Wallet("w", Decimal(30))]
    )
    assert assemble_invoice(request).total == 69
