"""An explanation that was tampered with does not verify; every kind of step has words."""

import copy
from collections.abc import Callable
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexprice_emulator.explain.check import problems
from flexprice_emulator.explain.text import invoice_text
from flexprice_emulator.explain.words import _WORDS, step_words
from flexprice_emulator.rating.derivation import LineStep

FIGURES = {
    "subtotal": "30",
    "total_discount": "3",
    "total_prepaid_credits_applied": "7.5",
    "total_tax": "5.13",
    "total": "24.63",
}


def explained() -> dict[str, Any]:
    """A finalized invoice of 60 units at 0.5, less 10 %, 19 % tax, 7.5 of credits and a note of 2; 4 paid."""
    terms = {"kind": "price", "price_id": "price_1", "billing_model": "FLAT_FEE", "tier_mode": "", "amount": "0.5", "tiers": []}
    terms |= {"divide_by": None, "round": ""}
    query = {"kind": "event_query", "meter_id": "m", "event_name": "calls", "aggregation_type": "SUM", "customers": ["acme"]}
    query |= {"start": "2026-03-01T00:00:00Z", "end": "2026-04-01T00:00:00Z", "bucket_size": None}
    steps = [
        {"kind": "usage", "query": query, "quantity": "60", "event_count": 2, "buckets": []},
        {"kind": "pricing", "terms": terms, "quantity": "60", "cost": "30", "packages": None, "tiers": []},
        {"kind": "rounding", "before": "30", "after": "30", "places": 2},
    ]
    line = {"kind": "invoice_line", "display_name": "Calls", "price_type": "USAGE", "quantity": "60", "amount": "30", "steps": steps}
    line |= {"line_item_discount": "0", "invoice_level_discount": "3", "prepaid_credits_applied": "7.5"}
    line |= {"line_item": {"id": "inv_line_1", "quantity": "60", "amount": "30"}, "price_id": "price_1", "subscription_line_item_id": None}
    line |= {"period_start": "2026-03-01T00:00:00Z", "period_end": "2026-04-01T00:00:00Z"}
    line |= {"events": {"count": 2, "later": 1, "sample": ["e1", "e2"]}}
    coupon = {"kind": "coupon", "coupon_id": "c", "type": "percentage", "value": "10", "original": "30", "unrounded": "3"}
    coupon |= {"discount": "3", "line_index": None, "is_kept": False}
    tax = {"kind": "tax", "tax_rate_id": "t", "type": "percentage", "value": "19", "base": "27", "unrounded": "5.13", "tax": "5.13"}
    credit = {"kind": "credit", "wallet_id": "w", "line_index": 0, "amount": "7.5", "is_kept": False}
    totals = {"kind": "invoice", "currency": "usd", "places": 2, "coupons": [coupon], "distributed": True, "given_subtotal": None}
    totals |= {"taxes": [{**tax, "is_kept": False}], "credits": [credit], **FIGURES}
    note = {"id": "n", "type": "ADJUSTMENT", "status": "FINALIZED", "amount": "2"}
    settled = {"payment_status": "PENDING", "total": "24.63", "adjustment_amount": "2", "amount_due": "22.63", "amount_paid": "4"}
    settled |= {"amount_remaining": "18.63", "refunded_amount": "0", "adjustment_forgotten": False, "credit_notes": [note]}
    settled |= {"payments": [{"id": "p", "method": "OFFLINE", "status": "SUCCEEDED", "amount": "4"}], "refunds": []}
    about = {"invoice_id": "inv_1", "invoice_number": "INV-1", "invoice_status": "FINALIZED", "subscription_id": "subs_1"}
    about |= {"customer_id": "cust_1", "finalized_at": None, "period_start": None, "period_end": None}
    return {**about, "lines": [line], "totals": totals, "invoice": dict(FIGURES), "settlement": settled}


CHANGES: dict[str, Callable[[dict[str, Any]], tuple[dict[str, Any], str]]] = {
    "usage": lambda d: (d["lines"][0]["steps"][0], "quantity"),
    "cost": lambda d: (d["lines"][0]["steps"][1], "cost"),
    "rounding": lambda d: (d["lines"][0]["steps"][2], "after"),
    "line": lambda d: (d["lines"][0], "amount"),
    "stored line": lambda d: (d["lines"][0]["line_item"], "amount"),
    "stored quantity": lambda d: (d["lines"][0]["line_item"], "quantity"),
    "share": lambda d: (d["lines"][0], "invoice_level_discount"),
    "coupon": lambda d: (d["totals"]["coupons"][0], "discount"),
    "coupon base": lambda d: (d["totals"]["coupons"][0], "original"),
    "credit": lambda d: (d["totals"]["credits"][0], "amount"),
    "tax": lambda d: (d["totals"]["taxes"][0], "tax"),
    "tax base": lambda d: (d["totals"]["taxes"][0], "base"),
    **{name: lambda d, name=name: (d["totals"], name) for name in FIGURES},  # type: ignore[misc]
    **{f"stored {name}": lambda d, name=name: (d["invoice"], name) for name in FIGURES},  # type: ignore[misc]
    **{name: lambda d, name=name: (d["settlement"], name) for name in ("amount_due", "amount_remaining", "adjustment_amount")},  # type: ignore[misc]
    "note": lambda d: (d["settlement"]["credit_notes"][0], "amount"),
}


def test_it_verifies() -> None:
    assert problems(explained()) == []


@pytest.mark.parametrize("what", list(CHANGES))
@settings(max_examples=10)
@given(cents=st.integers(1, 10_000))
def test_a_changed_figure_is_found(what: str, cents: int) -> None:
    tampered = copy.deepcopy(explained())
    holder, name = CHANGES[what](tampered)
    holder[name] = str(Decimal(holder[name]) + Decimal(cents).scaleb(-2))
    assert problems(tampered) != []


def test_a_forgotten_adjustment_is_due_in_full() -> None:
    held = explained()
    held["settlement"] |= {"adjustment_forgotten": True, "amount_due": "24.63", "amount_remaining": "20.63"}
    assert problems(held) == []
    assert "adjustment_amount: − 2 (not taken off)" in invoice_text(held)


def test_every_kind_of_step_has_words() -> None:
    assert set(_WORDS) == {step.kind for step in get_args(LineStep)}


def test_the_text_names_events_figures_and_what_is_due() -> None:
    assert invoice_text(explained()).splitlines() == [
        "Invoice INV-1 (inv_1), FINALIZED: 24.63 USD",
        "subscription subs_1",
        "customer cust_1, period - to -",
        "",
        "1. Calls USAGE: 60 for 30",
        "   inv_line_1, price_1",
        "   2026-03-01T00:00:00Z to 2026-04-01T00:00:00Z",
        "   usage: SUM of calls = 60",
        "     meter m, 2026-03-01T00:00:00Z to 2026-04-01T00:00:00Z, customers acme",
        "     2 events (now 3): e1, e2",
        "   price: FLAT_FEE price_1: 60 × 0.5 = 30",
        "   rounding: 30 → 30 (2 places)",
        "   share of the invoice's discount: − 3",
        "   prepaid credits: − 7.5",
        "",
        "Totals",
        "   subtotal: 30 (sum of the lines)",
        "     coupon c on the invoice: 10 % off 30 = 3 → 3",
        "   total_discount: − 3",
        "     wallet w pays 7.5 of line 1",
        "   total_prepaid_credits_applied: − 7.5",
        "     tax t: 19 % of 27 = 5.13 → 5.13",
        "   total_tax: 5.13",
        "   total: 24.63",
        "",
        "Settlement: PENDING",
        "     credit note n ADJUSTMENT FINALIZED: 2",
        "   adjustment_amount: − 2",
        "   amount_due: 22.63",
        "     payment p OFFLINE SUCCEEDED: 4",
        "   amount_paid: 4",
        "   amount_remaining: 18.63",
    ]


TERMS = {"price_id": "price_1", "billing_model": "TIERED", "tier_mode": "SLAB", "amount": "0", "tiers": [[10, "1", "0"]], "round": ""}
PARTS = {"commitment": "100", "overage_factor": "1.5", "utilized": "100", "overage": "30", "true_up": "0", "charge": "130", "usage": "120"}
SHARE = {"seconds": "1", "of_seconds": "2", "coefficient": "0.5"}


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (
            {"kind": "pricing", "terms": {**TERMS, "divide_by": None}, "quantity": "12", "cost": "11", "packages": None}
            | {"tiers": [{"index": 1, "up_to": None, "units": "2", "unit_amount": "0.5", "flat_amount": "3", "cost": "4"}]},
            ["price: TIERED SLAB price_1 of 12 = 11", "tier 2 (no end): 2 × 0.5 + 3 = 4"],
        ),
        (
            {"kind": "pricing", "terms": {**TERMS, "billing_model": "PACKAGE", "tiers": [], "amount": "5", "divide_by": 10}}
            | {"quantity": "12", "cost": "10", "packages": "2", "tiers": []},
            ["price: PACKAGE price_1: 2 packages of 10 (rounded up) × 5 = 10"],
        ),
        (
            {"kind": "entitlement", "usage_limit": 5, "usage_reset_period": "MONTHLY", "rule": "period", "gross": "20", "billable": "15"}
            | {"windows": [{"start": "d1", "quantity": "8", "excess": "3"}]},
            ["entitlement: 5 free, reset MONTHLY: 15 of 20 billable", "window d1: 3 of 8 above"],
        ),
        (
            {"kind": "entitlement", "usage_limit": None, "usage_reset_period": "", "rule": "never", "gross": "20", "billable": "0"}
            | {"windows": [], "since_start": "9", "before_period": "4"},
            ["entitlement: everything free: 0 of 20 billable", "9 since the start, 4 of it before this period"],
        ),
        (
            {"kind": "commitment", "commitment_pricing": None, **PARTS},
            ["commitment: 120 used of 100 committed: 100 utilized, 30 overage at × 1.5 = 130"],
        ),
        ({"kind": "scaling", "before": "10", "after": "5", **SHARE}, ["active for a part: 10 × 1 of 2 seconds = 0.5: 5"]),
        ({"kind": "trial", "before": "10"}, ["trial: 0 instead of 10"]),
    ],
)
def test_words_of_steps(step: dict[str, Any], words: list[str]) -> None:
    assert step_words(step) == words
