"""Does an explained invoice add up? From the explanation alone: a client can ask it of a server's answer.

Invariants: every line's steps arrive at its figures, the lines at the totals, the totals at what is stored and due.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from flexprice_emulator.rating.derivation_verify import verify

STORED_PLACES = 8


def problems(explained: Mapping[str, Any]) -> list[str]:
    """Everything that disagrees, one sentence each; [] where all figures follow."""
    with localcontext() as context:
        context.prec = 60
        return [*verify(whole(explained)), *_stored(explained), *_settlement(explained.get("settlement"))]


def whole(explained: Mapping[str, Any]) -> dict[str, Any]:
    """The totals' derivation with the lines in it, as `rating.derivation.InvoiceDerivation` has them."""
    lines = [
        {**line, "derivation": {"kind": "line", "quantity": line["quantity"], "amount": line["amount"], "steps": line["steps"]}}
        for line in explained["lines"]
    ]
    return {**explained["totals"], "lines": lines}


def _stored(explained: Mapping[str, Any]) -> list[str]:
    """What the invoice and its lines say, against the derivation; storage keeps 8 places."""
    found = []
    for line in explained["lines"]:
        held = line.get("line_item") or {}
        name = line["display_name"]
        found += [_differs(f"{name}: stored {figure}", held[figure], line[figure]) for figure in ("quantity", "amount") if held]
    held = explained.get("invoice") or {}
    totals = explained["totals"]
    found += [_differs(f"invoice: stored {name}", value, totals[name]) for name, value in held.items() if name in totals]
    return [problem for problem in found if problem]


def _settlement(held: Mapping[str, Any] | None) -> list[str]:
    if not held:
        return []
    counted = [note for note in held["credit_notes"] if note["type"] == "ADJUSTMENT" and note["status"] == "FINALIZED"]
    adjusted = sum((Decimal(note["amount"]) for note in counted), Decimal(0))
    total, due, paid = (Decimal(held[name]) for name in ("total", "amount_due", "amount_paid"))
    taken = Decimal(0) if held["adjustment_forgotten"] else adjusted
    found = [
        _differs("settlement: adjustment_amount", held["adjustment_amount"], adjusted),
        _differs("settlement: amount_due", held["amount_due"], total - taken),
        _differs("settlement: amount_remaining", held["amount_remaining"], max(due - paid, Decimal(0))),
    ]
    return [problem for problem in found if problem]


def _differs(what: str, stated: Any, computed: Any) -> str:
    exact = Decimal(str(computed))
    rounded = exact.quantize(Decimal(1).scaleb(-STORED_PLACES), rounding=ROUND_HALF_UP)
    return "" if Decimal(str(stated)) == rounded else f"{what} is {stated}, computed {exact.normalize():f}"
