"""What billing cases expect, key by key; an unknown key is a failure."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from tests.vectors.billing.operations import child_subscription
from tests.vectors.billing.world import OWNER, World, iso

Json = dict[str, Any]
ZERO_TIME = "0001-01-01T00:00:00Z"


def number(value: Any) -> Decimal:
    """A figure, whatever its notation; absent is 0."""
    return Decimal(str(value)) if value is not None else Decimal(0)


def moment(value: Any) -> str | None:
    return None if value is None else iso(value)


def period(value: Sequence[Any]) -> list[str]:
    return [iso(entry) for entry in value]


def same(label: str, wanted: Any, got: Any) -> None:
    assert got == wanted, f"{label}: expected {wanted}, got {got}"


def line_of(line: Json) -> tuple[Any, ...]:
    return (
        line["display_name"],
        line["price_type"],
        number(line["quantity"]),
        number(line["amount"]),
        line["period_start"],
        line["period_end"],
    )


def wanted_line(line: Sequence[Any]) -> tuple[Any, ...]:
    name, kind, quantity, amount, start, end = line
    return (name, kind, number(quantity), number(amount), iso(start), iso(end))


_TEXTS = {"reason": "billing_reason", "status": "invoice_status", "pay": "payment_status", "type": "invoice_type"}
_FIGURES = {
    "subtotal": "subtotal",
    "discount": "total_discount",
    "prepaid": "total_prepaid_credits_applied",
    "tax": "total_tax",
    "total": "total",
    "due": "amount_due",
    "paid": "amount_paid",
    "remaining": "amount_remaining",
    "refunded": "refunded_amount",
}
_BY_LINE = {"prepaid_by_line": "prepaid_credits_applied", "adjusted_entitlement_quantity": "adjusted_entitlement_quantity"}


def check_invoice(world: World, wanted: Mapping[str, Any], got: Json) -> None:
    """The keys of an expected invoice; line order is not defined."""
    for key, value in wanted.items():
        if key in _TEXTS:
            same(key, value, got[_TEXTS[key]])
        elif key in _FIGURES:
            same(key, number(value), number(got[_FIGURES[key]]))
        elif key in _BY_LINE:
            by_name = {line["display_name"]: number(line.get(_BY_LINE[key])) for line in got["line_items"]}
            same(key, {name: number(figure) for name, figure in value.items()}, {name: by_name.get(name) for name in value})
        else:
            _INVOICE_KEYS[key](world, value, got)


def _check_lines(_world: World, wanted: Any, got: Json) -> None:
    same("lines", sorted(map(wanted_line, wanted)), sorted(map(line_of, got["line_items"])))


def _check_line_metadata(_world: World, wanted: Any, got: Json) -> None:
    held = {line["display_name"]: line["metadata"] for line in got["line_items"]}
    for name, pairs in wanted.items():
        same(f"metadata of {name}", pairs, {key: held[name].get(key) for key in pairs})


_INVOICE_KEYS: dict[str, Callable[[World, Any, Json], None]] = {
    "period": lambda _, wanted, got: same("period", period(wanted), [got["period_start"], got["period_end"]]),
    "due_date": lambda _, wanted, got: same("due_date", moment(wanted), got.get("due_date")),
    "numbered": lambda _, wanted, got: same("numbered", wanted, bool(got.get("invoice_number"))),
    "sequence": lambda _, wanted, got: same("sequence", wanted, got.get("billing_sequence") or None),
    "customer": lambda world, wanted, got: same("customer", world.customers[wanted], got["customer_id"]),
    "subscription_customer": lambda world, wanted, got: same("owner", world.customers[wanted], got["subscription_customer_id"]),
    "lines": _check_lines,
    "line_metadata": _check_line_metadata,
}


def check_subscription(world: World, wanted: Mapping[str, Any], got: Json) -> None:
    """The keys of an expected subscription."""
    for key, value in wanted.items():
        _SUBSCRIPTION_KEYS[key](world, value, got)


def _at(name: str) -> Callable[[World, Any, Json], None]:
    return lambda _, wanted, got: same(name, moment(wanted), got.get(name))


_SUBSCRIPTION_KEYS: dict[str, Callable[[World, Any, Json], None]] = {
    "status": lambda _, wanted, got: same("status", wanted, got["subscription_status"]),
    "type": lambda _, wanted, got: same("type", wanted, got["subscription_type"]),
    "current_period": lambda _, wanted, got: same(
        "current_period", period(wanted), [got["current_period_start"], got["current_period_end"]]
    ),
    "plan": lambda world, wanted, got: same("plan", world.plans[wanted], got["plan_id"]),
    "same_id": lambda world, wanted, got: same("same_id", wanted, world.subscriptions == [got["id"]]),
    "invoice_count": lambda world, wanted, got: same("invoice_count", wanted, len(world.invoices(got["id"]))),
    "cancel_at_period_end": lambda _, wanted, got: same("cancel_at_period_end", wanted, got["cancel_at_period_end"]),
    # The running server keeps the old trial_end when a trial is ended early (observed); the anchor tells when it ended.
    "trial_end": lambda _, wanted, got: same("trial_end", moment(wanted), got["billing_anchor"]),
    **{name: _at(name) for name in ("cancelled_at", "cancel_at", "end_date", "billing_anchor")},
}


def main_subscription(world: World) -> Json:
    """The case's subscription as it is now."""
    found: Json = world.api.get(f"/subscriptions/{world.subscription}")
    return found


def check_wallets(world: World, wanted: Sequence[Mapping[str, Any]]) -> None:
    """All wallets of the owner."""
    held = world.api.get(f"/customers/{world.customers[OWNER]}/wallets") or []
    same("number of wallets", len(wanted), len(held))
    for expected, wallet in zip(wanted, held, strict=True):
        got = {"name": wallet["name"], "type": wallet["wallet_type"], "balance": number(wallet["balance"])}
        expected = {key: number(value) if key == "balance" else value for key, value in expected.items()}
        same("wallet", expected, {key: got[key] for key in expected})


def subset(label: str, wanted: Any, got: Any) -> None:
    """Everything wanted is there; figures are compared as numbers."""
    if isinstance(wanted, Mapping):
        for key, value in wanted.items():
            subset(f"{label}.{key}", value, got[key])
    elif isinstance(wanted, list):
        same(f"length of {label}", len(wanted), len(got))
        for index, (value, held) in enumerate(zip(wanted, got, strict=True)):
            subset(f"{label}[{index}]", value, held)
    elif isinstance(wanted, bool) or isinstance(got, bool):
        same(label, wanted, got)
    elif isinstance(wanted, int | float) or (isinstance(wanted, str) and wanted.replace(".", "").isdigit()):
        same(label, number(wanted), number(got))
    else:
        same(label, wanted, got)


def in_order(wanted: Sequence[str], got: Sequence[str]) -> bool:
    """Whether all stand in `got` in this order, others between."""
    rest = iter(got)
    return all(name in rest for name in wanted)


def check_invoices(world: World, wanted: Sequence[Mapping[str, Any]]) -> None:
    """The whole list, oldest first."""
    held = world.invoices()
    same("invoices", len(wanted), len(held))
    for expected, invoice in zip(wanted, held, strict=True):
        check_invoice(world, expected, invoice)


def _check_addon_line(world: World, wanted: Any) -> None:
    lines = [line for line in main_subscription(world)["line_items"] if line["entity_type"] == "addon"]
    same("add-on line", [iso(wanted["start"]), iso(wanted["end"])], [lines[-1]["start_date"], lines[-1]["end_date"]])


def _check_events_tail(world: World, wanted: Any) -> None:
    same("events", wanted, world.events()[-len(wanted) :])


def _check_events_absent(world: World, wanted: Any) -> None:
    same("events", [], [name for name in world.events() if name in wanted])


def _check_child(world: World, wanted: Any) -> None:
    check_subscription(world, wanted, child_subscription(world, "child"))


def _check_credit_note(world: World, wanted: Any) -> None:
    note = world.api.get(f"/creditnotes/{world.credit_notes[-1]}")
    subset("credit note", wanted, {"type": note["credit_note_type"], "status": note["credit_note_status"]})


def _check_summary(world: World, wanted: Any) -> None:
    subset("usage summary", wanted, world.api.get(f"/customers/{world.customers[OWNER]}/usage")["features"][0])


def _preview(world: World) -> Json:
    found: Json = world.api.post("/invoices/preview", {"subscription_id": world.subscription})
    return found


def _usage(world: World) -> Json:
    found: Json = world.api.post("/subscriptions/usage", {"subscription_id": world.subscription})
    return found


def _last_figure(name: str) -> Callable[[World, Any], None]:
    return lambda world, wanted: check_invoice(world, {name: wanted}, world.invoices()[-1])


def _field(name: str) -> Callable[[World, Any], None]:
    return lambda world, wanted: check_subscription(world, {name: wanted}, main_subscription(world))


def _figures(name: str) -> Callable[[World, Any], None]:
    return lambda world, wanted: same(name, [number(value) for value in wanted], [number(held[name]) for held in world.invoices()])


def _advance_periods(world: World) -> list[list[str]]:
    fixed = [line for invoice in world.invoices() for line in invoice["line_items"] if line["price_type"] == "FIXED"]
    return [[line["period_start"], line["period_end"]] for line in fixed]


def _first_discounts(world: World) -> dict[str, Decimal]:
    return {line["display_name"]: number(line["invoice_level_discount"]) for line in world.invoices()[0]["line_items"]}


EXPECTATIONS: dict[str, Callable[[World, Any], None]] = {
    "subscription": lambda world, wanted: check_subscription(world, wanted, main_subscription(world)),
    "child_subscription": _check_child,
    "invoices": check_invoices,
    "last_invoice": lambda world, wanted: check_invoice(world, wanted, world.invoices()[-1]),
    "invoice": lambda world, wanted: check_invoice(world, wanted, world.invoices()[-1]),
    "invoice_count": lambda world, wanted: same("invoice_count", wanted, len(world.invoices())),
    "visible_invoice_count": lambda world, wanted: same("visible_invoice_count", wanted, len(world.invoices())),
    "invoice_numbers": lambda world, wanted: same("numbers", wanted, [invoice["invoice_number"] for invoice in world.invoices()]),
    "invoice_periods": lambda world, wanted: same(
        "periods", list(map(period, wanted)), [[invoice["period_start"], invoice["period_end"]] for invoice in world.invoices()]
    ),
    "advance_line_periods": lambda world, wanted: same("line periods", list(map(period, wanted)), _advance_periods(world)),
    "invoice_level_discount_first": lambda world, wanted: same(
        "discounts", {name: number(value) for name, value in wanted.items()}, _first_discounts(world)
    ),
    "totals": _figures("total"),
    "discounts": _figures("total_discount"),
    "wallets": check_wallets,
    "preview": lambda world, wanted: check_invoice(world, wanted, _preview(world)),
    "preview_after": lambda world, wanted: check_invoice(world, wanted, _preview(world)),
    "usage_endpoint": lambda world, wanted: subset("usage", wanted, _usage(world)),
    "usage_summary": _check_summary,
    "response": lambda world, wanted: subset("response", wanted, world.responses["cancel"]),
    "events": _check_events_tail,
    "events_absent": _check_events_absent,
    "events_on_cancel": lambda world, wanted: same("events", wanted, world.events_of["cancel"]),
    "events_on_change": lambda world, wanted: same("events", wanted, world.events_of["change_v2"]),
    "events_on_create_contains_in_order": lambda world, wanted: same(
        "order", True, in_order(wanted, world.events_of["create_subscription"])
    ),
    "addon_line": _check_addon_line,
    "credit_note": _check_credit_note,
    "same_payment_returned": lambda world, wanted: same("same payment", wanted, world.payments[-1] in world.payments[:-1]),
    **{name: _last_figure(name) for name in ("pay", "paid", "remaining", "refunded")},
    **{name: _field(name) for name in ("status", "current_period", "billing_anchor", "end_date", "cancel_at_period_end")},
}
WORDS = ("note",)


def check(world: World, wanted: Mapping[str, Any]) -> None:
    """Every key of an `expect` or a `check` step; `note` is for the reader."""
    for key, value in wanted.items():
        if key not in WORDS:
            expectation = EXPECTATIONS.get(key)
            assert expectation is not None, f"unknown expectation {key!r}: add it to EXPECTATIONS"
            expectation(world, value)
