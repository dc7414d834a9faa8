"""Each law lets a sound record pass and names what is wrong with a broken one."""

from copy import deepcopy
from typing import Any

import pytest

from flexprice_emulator.testing import laws

LINE = {
    "subscription_line_item_id": "line",
    "display_name": "Calls",
    "price_type": "USAGE",
    "meter_id": "meter",
    "amount": "10",
    "quantity": "7",
    "adjusted_entitlement_quantity": "3",
    "line_item_discount": "1",
    "invoice_level_discount": "0.5",
    "prepaid_credits_applied": "2",
    "period_start": "2026-01-01T00:00:00Z",
    "period_end": "2026-02-01T00:00:00Z",
}
INVOICE = {
    "id": "inv",
    "subscription_id": "subs",
    "invoice_type": "SUBSCRIPTION",
    "invoice_status": "FINALIZED",
    "billing_reason": "SUBSCRIPTION_CYCLE",
    "payment_status": "PENDING",
    "invoice_number": "INV-1",
    "billing_sequence": 1,
    "subtotal": "10",
    "total_discount": "1.5",
    "total_prepaid_credits_applied": "2",
    "total_tax": "0.7",
    "total": "7.2",
    "amount_due": "7.2",
    "amount_paid": "3",
    "amount_remaining": "4.2",
    "adjustment_amount": "0",
    "period_start": "2026-01-01T00:00:00Z",
    "period_end": "2026-02-01T00:00:00Z",
    "last_computed_at": "2026-02-01T00:00:01Z",
    "line_items": [LINE],
}
SUBSCRIPTION = {
    "id": "subs",
    "subscription_status": "active",
    "start_date": "2026-01-01T00:00:00Z",
    "current_period_start": "2026-02-01T00:00:00Z",
    "current_period_end": "2026-03-01T00:00:00Z",
    "line_items": [
        {"id": "line", "price_type": "USAGE", "meter_id": "meter", "start_date": "2026-01-01T00:00:00Z", "end_date": "0001-01-01T00:00:00Z"}
    ],
}
# Its trial's invoice was paid while the trial runs.
PAID_IN_TRIAL = {
    **SUBSCRIPTION,
    "trial_end": "2026-02-01T00:00:00Z",
    "current_period_start": "2026-01-01T00:00:00Z",
    "current_period_end": "2026-02-01T00:00:00Z",
    "billing_anchor": "2026-02-01T00:00:00Z",
}
METERS = {"meter": {"event_name": "calls", "aggregation": {"type": "SUM", "field": "n"}}}
EVENTS = [
    {"event_id": "a", "event_name": "calls", "timestamp": "2026-01-01T00:00:00Z", "properties": {"n": "4"}},
    {"event_id": "b", "event_name": "calls", "timestamp": "2026-01-31T23:59:59Z", "properties": {"n": "6"}},
    {"event_id": "c", "event_name": "calls", "timestamp": "2026-02-01T00:00:00Z", "properties": {"n": "90"}},
    {"event_id": "d", "event_name": "jobs", "timestamp": "2026-01-05T00:00:00Z", "properties": {"n": "90"}},
]
for _event in EVENTS:
    _event["arrived_at"] = "2026-01-15T00:00:00Z"


def invoice(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(INVOICE), **changes}


def following(**changes: Any) -> dict[str, Any]:
    """The next period's invoice."""
    dates = {"period_start": "2026-02-01T00:00:00Z", "period_end": "2026-03-01T00:00:00Z"}
    more = {"id": "next", "invoice_number": "INV-2", "billing_sequence": 2, "line_items": [{**LINE, **dates}]}
    return invoice(**{**dates, **more, **changes})


def with_line(**changes: Any) -> dict[str, Any]:
    return invoice(line_items=[{**LINE, **changes}])


def test_sound_records_break_no_law() -> None:
    month = [invoice()]
    wallet = {"id": "wallet", "credit_balance": "3"}
    moves = [
        {"type": kind, "credit_amount": amount, "transaction_status": status}
        for kind, amount, status in (("credit", "5", "completed"), ("debit", "2", "completed"), ("credit", "9", "pending"))
    ]
    documented = laws.hold(
        laws.totals(invoice()),
        laws.settlement(invoice()),
        laws.numbering([invoice(), following()]),
        laws.lines_once([invoice(), following()]),
        laws.periods(SUBSCRIPTION, month),
        laws.usage_once(SUBSCRIPTION, month, EVENTS, METERS),
        laws.preview_matches(invoice(total="9.2", total_prepaid_credits_applied="0"), invoice()),
        laws.ledger(wallet, moves),
        laws.same(month, deepcopy(month)),
    )
    assert documented == []


@pytest.mark.parametrize(
    "broken",
    [
        laws.totals(invoice(subtotal="11", total="8.2", amount_due="8.2")),
        laws.totals(invoice(total="7.3", amount_due="7.3")),
        laws.totals(invoice(amount_due="7.1")),
        laws.totals(with_line(prepaid_credits_applied="1")),
        laws.totals(with_line(invoice_level_discount="0.6")),
        laws.totals(invoice(invoice_status="SKIPPED")),
        laws.settlement(invoice(amount_remaining="4.1")),
        laws.settlement(invoice(amount_remaining="-1", amount_paid="8.2")),
        laws.numbering([invoice(), following(invoice_number="INV-1")]),
        laws.numbering([invoice(), following(billing_sequence=3)]),
        laws.lines_once([invoice(), following(line_items=[LINE])]),
        laws.periods(SUBSCRIPTION, []),
        laws.periods(SUBSCRIPTION, [invoice(), invoice(id="again")]),
        laws.periods(SUBSCRIPTION, [invoice(period_start="2026-01-02T00:00:00Z")]),
        laws.periods(SUBSCRIPTION, [invoice(), following()]),
        laws.periods(
            {**SUBSCRIPTION, "current_period_start": "2026-03-01T00:00:00Z"}, [invoice(), following(period_start="2026-02-02T00:00:00Z")]
        ),
        laws.usage_once(SUBSCRIPTION, [with_line(quantity="8")], EVENTS, METERS),
        laws.usage_once(SUBSCRIPTION, [invoice(line_items=[])], EVENTS, METERS),
        laws.usage_once(SUBSCRIPTION, [invoice(), invoice(id="again")], EVENTS, METERS),
        laws.usage_once(SUBSCRIPTION, [invoice()], [{**EVENTS[0], "arrived_at": "2026-02-03T00:00:00Z"}, *EVENTS[1:]], METERS),
        laws.preview_matches(invoice(), with_line(amount="11")),
        laws.preview_matches(invoice(total_tax="1"), invoice()),
        laws.preview_matches(invoice(total="10"), invoice()),
        laws.ledger({"id": "wallet", "credit_balance": "3"}, []),
        laws.same([1, 2], [1, 3]),
        laws.same([1], [1, 2]),
    ],
)
def test_what_is_broken_is_named(broken: Any) -> None:
    with pytest.raises(laws.LawBroken, match="broken"):
        laws.hold(broken)


@pytest.mark.parametrize(
    ("law", "document"),
    [
        (laws.settlement(invoice(amount_paid="9", amount_remaining="0")), laws.Quirk.OVERPAID),
        (laws.settlement(invoice(payment_status="SUCCEEDED")), laws.Quirk.PART_PAID),
        (laws.totals(with_line(invoice_level_discount="0.4")), laws.Quirk.EXCESS),
        (laws.numbering([invoice(invoice_number="")]), laws.Quirk.UNNUMBERED),
        (laws.periods({**SUBSCRIPTION, "trial_end": "2026-02-01T00:00:00Z"}, [invoice()]), laws.Quirk.PAID_IN_TRIAL),
        (laws.periods(PAID_IN_TRIAL, []), laws.Quirk.PAID_IN_TRIAL),
    ],
)
def test_known_oddities_are_given_back(law: Any, document: str) -> None:
    assert [violation.documented for violation in laws.hold(law)] == [document]
