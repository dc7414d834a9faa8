"""A verifier that finds nothing proves nothing: each kind of step is spoilt once."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from flexprice_emulator.rating.commitment.model import LineCommitment
from flexprice_emulator.rating.credits import Wallet
from flexprice_emulator.rating.derivation import to_plain
from flexprice_emulator.rating.derivation_verify import verify
from flexprice_emulator.rating.discount.model import Coupon, CouponAssociation
from flexprice_emulator.rating.entitlement.model import AggregatedEntitlement
from flexprice_emulator.rating.invoice.assemble import assemble_invoice
from flexprice_emulator.rating.invoice.model import InvoiceRequest, LineItem, Subscription
from flexprice_emulator.rating.metering.model import Meter, UsageRow
from flexprice_emulator.rating.metering.rows import RowsUsage
from flexprice_emulator.rating.pricing.model import Price, PriceTier, TransformQuantity
from flexprice_emulator.rating.tax import TaxRate

START, END = datetime(2025, 3, 1, tzinfo=UTC), datetime(2025, 4, 1, tzinfo=UTC)
TIERS = (PriceTier(3, Decimal(1), Decimal("0.5")), PriceTier(None, Decimal("0.3")))


def invoice(split: bool) -> dict[str, Any]:
    """A draft with almost every kind of step."""
    rows = [UsageRow(f"{m}{d}", "c", m, START + timedelta(days=d), Decimal(5)) for m in ("m0", "m1", "m2") for d in range(3)]
    meters = [Meter("m0", "e", "SUM", field="v"), Meter("m1", "e", "SUM", field="v", bucket_size="DAY"), Meter("m2", "e", "SUM", field="v")]
    prices = [
        Price("p0", "usd", "TIERED", tier_mode="SLAB", tiers=TIERS),
        Price("p1", "usd", "PACKAGE", Decimal(2), transform_quantity=TransformQuantity(4)),
        Price("p2", "usd", "FLAT_FEE", Decimal("0.333")),
    ]
    terms = [
        LineCommitment("quantity", commitment_quantity=Decimal(10), overage_factor=Decimal(2)),
        LineCommitment(commitment_amount=Decimal(3), enable_true_up=True, is_window_commitment=True),
        None,
    ]
    items = [
        LineItem(f"i{n}", prices[n], START, meter=meters[n], display_name=f"M{n}", commitment=None if split else terms[n]) for n in range(3)
    ]
    fee = Price("fee", "usd", "FLAT_FEE", Decimal(31), type="FIXED")
    items += [LineItem("late", fee, START + timedelta(days=7), display_name="late"), LineItem("full", fee, START, display_name="full")]
    subscription = Subscription(
        "s",
        "usd",
        START,
        START,
        START,
        END,
        proration_behavior="create_prorations",
        commitment_amount=Decimal(5) if split else None,
        overage_factor=Decimal("1.5"),
        plan_display_name="Plan",
    )
    request = InvoiceRequest(
        subscription,
        items,
        RowsUsage(rows),
        ["c"],
        START,
        END,
        "period_end",
        END,
        entitlements={"m2": AggregatedEntitlement("f", "metered", "m2", 2, "DAILY", False, True)},
        coupons=[
            CouponAssociation("a", Coupon("k", "percentage", percentage_off=Decimal(10)), START),
            CouponAssociation("b", Coupon("l", "fixed", amount_off=Decimal(1)), START, subscription_line_item_id="full"),
        ],
        taxes=[TaxRate("t", "percentage", percentage_value=Decimal("7.7"))],
        wallets=[Wallet("w", Decimal("4.005"))],
        opening_credit=Decimal(3),
    )
    plain: dict[str, Any] = to_plain(assemble_invoice(request).derivation)
    return plain


def figures(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of all decimals-as-text that a recomputation reaches."""
    if isinstance(value, dict):
        return [found for key, item in value.items() if key not in INPUTS for found in figures(item, (*path, key))]
    if isinstance(value, list):
        return [found for index, item in enumerate(value) for found in figures(item, (*path, index))]
    return [path] if isinstance(value, str) and value.replace(".", "", 1).lstrip("-").isdigit() else []


# Terms and texts: nothing in the derivation says what they should be.
INPUTS = {"kind", "display_name", "price_id", "query", "tax_rate_id", "coupon_id", "wallet_id", "start", "group", "tiers"}
# Figures that are found by what follows from them.
NAMED = {"seconds": "coefficient", "of_seconds": "coefficient", "invoice_level_discount": "distributed discount"}


@pytest.mark.parametrize("split", [False, True])
def test_an_untouched_derivation_verifies(split: bool) -> None:
    assert verify(invoice(split)) == []


@pytest.mark.parametrize("split", [False, True])
def test_every_changed_amount_is_found_and_named(split: bool) -> None:
    whole = invoice(split)
    paths = figures(whole)
    kept = {"commitment", "overage_factor", "remaining", "usage_limit", "value", "unit_amount", "amount"}
    outputs = [path for path in paths if path[-1] not in kept]
    assert len(outputs) > 100
    for path in outputs:
        spoilt = deepcopy(whole)
        target = spoilt
        for key in path[:-1]:
            target = target[key]
        target[path[-1]] = str(Decimal(target[path[-1]]) + 1)
        name = "tier steps" if "commitment_pricing" in path and path[-1] == "quantity" else NAMED.get(path[-1], path[-1])
        assert any(name in found for found in verify(spoilt)), path


def test_an_unknown_step_is_named() -> None:
    assert verify({"kind": "line", "quantity": "0", "amount": "0", "steps": [{"kind": "magic"}]}) == ["line: unknown step 'magic'"]


def test_a_billed_window_cannot_vanish() -> None:
    plain = invoice(split=False)
    step = next(s for line in plain["lines"] for s in line["derivation"]["steps"] if s["kind"] == "window_commitment")
    used = next(window for window in step["windows"] if window["value"] != "0")
    step["windows"].remove(used)
    step["charge"] = str(Decimal(step["charge"]) - Decimal(used["charge"]))
    assert any("neither billed nor dropped" in found for found in verify(plain))


def line(steps: list[dict[str, Any]], quantity: str, amount: str) -> dict[str, Any]:
    return {"kind": "line", "quantity": quantity, "amount": amount, "steps": steps}


@pytest.mark.parametrize(("tier_mode", "tiers"), [("SLAB", []), ("GRADUATED", [[None, "1", "0"]])])
def test_tiered_terms_that_price_nothing(tier_mode: str, tiers: list[Any]) -> None:
    terms = {"billing_model": "TIERED", "tier_mode": tier_mode, "tiers": tiers, "amount": "0", "divide_by": None}
    steps = [
        {"kind": "fixed_quantity", "quantity": "3"},
        {"kind": "pricing", "terms": terms, "quantity": "3", "cost": "0", "packages": None, "tiers": []},
    ]
    assert verify(line(steps, "3", "0")) == []


def test_a_quantity_of_zero_enters_no_tier() -> None:
    terms = {"billing_model": "TIERED", "tier_mode": "SLAB", "tiers": [[None, "1", "5"]], "amount": "0", "divide_by": None}
    step = {"kind": "pricing", "terms": terms, "quantity": "0", "cost": "0", "packages": None, "tiers": []}
    assert verify(line([{"kind": "fixed_quantity", "quantity": "0"}, step], "0", "0")) == []


def test_packages_of_no_size_price_nothing() -> None:
    terms = {"billing_model": "PACKAGE", "tier_mode": "", "tiers": [], "amount": "5", "divide_by": 0, "round": "up"}
    steps = [
        {"kind": "fixed_quantity", "quantity": "3"},
        {"kind": "pricing", "terms": terms, "quantity": "3", "cost": "0", "packages": "0", "tiers": []},
    ]
    assert verify(line(steps, "3", "0")) == []


def test_a_credit_beyond_the_amount_is_found() -> None:
    assert any(
        "exceeds" in found for found in verify(line([{"kind": "opening_credit", "before": "0", "credit": "1", "after": "-1"}], "0", "-1"))
    )


def test_a_scaled_quantity_must_be_a_rounding_of_the_exact_one() -> None:
    step = {
        "kind": "cumulative_share", "base": "0", "total_base": "3", "within": "1", "share": "0", "amount": "0",
        "quantity_before": "0", "quantity_factor": "0.3333333333333333", "quantity": "2",
    }  # fmt: skip
    assert any("quantity" in found for found in verify(line([step], "2", "0")))


def test_credits_on_a_fixed_line_are_found() -> None:
    plain = invoice(split=False)
    fixed = next(index for index, figures in enumerate(plain["lines"]) if figures["price_type"] == "FIXED")
    plain["credits"][0]["line_index"] = fixed
    assert any("of credits" in found for found in verify(plain))


def discounted(prepaid: str, line_discount: str = "4", invoice_discount: str = "1", **credit: Any) -> dict[str, Any]:
    """A usage line of 10, less its coupon and its share of another, less credits."""
    coupons = [("a", line_discount, "10", 0), ("b", invoice_discount, str(10 - int(line_discount)), None)]
    return {
        "kind": "invoice", "currency": "usd", "places": 2, "distributed": True, "taxes": [], "subtotal": "10",
        "lines": [
            {
                "display_name": "calls", "price_type": "USAGE",
                "derivation": line([{"kind": "given", "quantity": "1", "amount": "10"}], "1", "10"),
                "line_item_discount": line_discount, "invoice_level_discount": invoice_discount, "prepaid_credits_applied": prepaid,
            }
        ],
        "coupons": [
            {"coupon_id": id_, "type": "fixed", "value": value, "original": original, "unrounded": value, "discount": value,
             "line_index": index, "is_kept": False}
            for id_, value, original, index in coupons
        ],
        "credits": [{"wallet_id": "w", "line_index": 0, "amount": prepaid, "is_kept": False} | credit],
        "total_discount": str(int(line_discount) + int(invoice_discount)), "total_prepaid_credits_applied": prepaid, "total_tax": "0",
        "total": str(max(10 - int(line_discount) - int(invoice_discount) - Decimal(prepaid), Decimal(0))),
    }  # fmt: skip


GIVEN: dict[str, Any] = {"kind": "given", "quantity": "12", "amount": "6"}
RULES = {"usage_limit": "10", "usage_reset_period": "", "gross": "12", "windows": [], "since_start": None, "before_period": None}
SPLIT = {
    "kind": "commitment_split", "remaining": "6", "amount": "6", "quantity": "12", "unit_amount": "0.5", "overage_factor": "2",
    "half": "overage", "half_quantity": "0", "half_amount": "0", "remaining_after": "0",
}  # fmt: skip


@pytest.mark.parametrize(
    ("step", "quantity", "amount", "figures"),
    [
        (RULES | {"kind": "entitlement", "rule": "period", "billable": "2"}, "2", "6", ["gross", "billable"]),
        (RULES | {"kind": "entitlement", "rule": "never", "since_start": "30", "before_period": "15", "billable": "5"}, "5", "6",
         ["billable"]),
        (RULES | {"kind": "entitlement", "rule": "unlimited", "usage_limit": None, "billable": "0"}, "0", "6", ["billable"]),
        ({"kind": "grant", "measure": "quantity", "overage": "0", "windows": []}, "0", "6", ["overage"]),
        ({"kind": "grant", "measure": "amount", "overage": "0", "windows": []}, "0", "0", ["overage"]),
        (SPLIT, "0", "0", ["quantity", "amount", "half_quantity", "half_amount", "remaining_after"]),
        (SPLIT | {"half": "normal", "half_quantity": "12", "half_amount": "6"}, "12", "6", ["half_quantity", "half_amount"]),
        ({"kind": "reset_to_buckets", "quantity": "0", "amount": "0"}, "0", "0", ["quantity", "amount"]),
        (
            {"kind": "cumulative_share", "base": "6", "total_base": "8", "within": "4", "share": "0.75", "amount": "3",
             "quantity_before": "12", "quantity_factor": "0.5", "quantity": "6"},
            "6", "3", ["base", "share", "amount", "quantity_before", "quantity_factor", "quantity"],
        ),
        (
            {"kind": "cumulative_overage", "commitment": "60", "prior": "50", "current": "12", "overage_factor": "2", "overage_base": "2",
             "amount": "4"},
            "2", "4", ["overage_base", "amount"],
        ),
        ({"kind": "true_up", "commitment": "60", "utilized": "50.5", "amount": "9.5"}, "1", "9.5", ["amount"]),
        (
            {"kind": "scaling", "before": "6", "seconds": "5", "of_seconds": "0", "coefficient": "0", "after": "0"},
            "12", "0", ["before", "coefficient", "after"],
        ),
        ({"kind": "trial", "before": "6"}, "12", "0", ["before"]),
        ({"kind": "opening_credit", "before": "6", "credit": "2", "after": "4"}, "12", "4", ["before", "after"]),
    ],
)  # fmt: skip
def test_each_figure_of_a_step_is_computed(step: dict[str, Any], quantity: str, amount: str, figures: list[str]) -> None:
    assert verify(line([GIVEN, step], quantity, amount)) == []
    for figure in figures:
        stated = str(Decimal(step[figure]) + 7)
        assert f"line: {step['kind']}: {figure} is {stated}, computed {step[figure]}" in verify(
            line([GIVEN, step | {figure: stated}], quantity, amount)
        )


def test_credits_beyond_what_discounts_leave_are_found() -> None:
    assert verify(discounted("5")) == []
    assert verify(discounted("5.01")) == ["invoice: line 0 takes 5.01 of credits for 5 payable"]
    assert verify(discounted("0.5", "8", "2")) == ["invoice: line 0 takes 0.5 of credits for 0 payable"]


def test_a_changed_number_of_packages_is_found() -> None:
    terms = {"billing_model": "PACKAGE", "tier_mode": "", "tiers": [], "amount": "5", "divide_by": 2, "round": "up"}
    step = {"kind": "pricing", "terms": terms, "quantity": "3", "cost": "10", "packages": "1", "tiers": []}
    assert verify(line([{"kind": "fixed_quantity", "quantity": "3"}, step], "3", "10")) == ["line: pricing: packages is 1, computed 2"]
