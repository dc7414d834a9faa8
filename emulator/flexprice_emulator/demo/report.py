"""What the demo prints: short tables of plain text."""

import shutil
import sys
import textwrap
from collections.abc import Mapping
from typing import Any

from flexprice_client.models.invoices import InvoiceResponse


def _say(text: str = "", *, hang: int = 0) -> None:
    """A line; one that is wider than a terminal goes on below, `hang` from the left."""
    if hang and sys.stdout.isatty():
        columns = shutil.get_terminal_size().columns
        text = textwrap.fill(
            text,
            max(columns, hang + 20),
            subsequent_indent=" " * hang,
            drop_whitespace=True,
            break_on_hyphens=False,
            break_long_words=False,
        )
    sys.stdout.write(text + "\n")


def show_step(number: int, title: str, figures: str, *, held: bool, width: int) -> None:
    """A step that is over, in one line."""
    _say(f"{number:>2} {'✓' if held else '✗'} {title:<{width}}  {figures}", hang=width + 7)
    sys.stdout.flush()


def show_lines(bill: InvoiceResponse, explained: Mapping[str, Any]) -> None:
    """The invoice's lines with an amount, and its totals."""
    events = [line["events"]["count"] if line["events"] else None for line in explained["lines"]]
    rows = [
        (line.display_name or "", f"{line.quantity.normalize():f}", "" if count is None else str(count), f"{line.amount:.2f}")
        for line, count in zip(bill.line_items or [], events, strict=True)
        if line.amount
    ]
    width = max([len(name) for name, *_ in rows] + [len("line")])
    _say()
    _say(f"   {'line':<{width}}  {'quantity':>8}  {'events':>6}  {'USD':>8}")
    for name, quantity, count, amount in rows:
        _say(f"   {name:<{width}}  {quantity:>8}  {count:>6}  {amount:>8}")
    _say(f"   {'total':<{width}}  {'':>8}  {'':>6}  {bill.total:>8.2f}")


def show_derivation(explained: Mapping[str, Any]) -> None:
    """Of each line with an amount, how it came about."""
    _say()
    for line in explained["lines"]:
        if line["amount"] not in (None, "0"):
            _say(f"   {line['display_name']}: " + " → ".join(filter(None, (_words(step) for step in line["steps"]))), hang=5)


def _words(step: Mapping[str, Any]) -> str:
    match step["kind"]:
        case "usage":
            query = step["query"]
            return f"{query['aggregation_type']} of {query['event_name']} = {step['quantity']}"
        case "fixed_quantity":
            return f"quantity {step['quantity']}"
        case "entitlement":
            limit = "unlimited" if step["usage_limit"] is None else f"{step['usage_limit']} free"
            return f"{limit}: {step['billable']} of {step['gross']} billable"
        case "pricing":
            return _pricing(step)
        case "rounding":
            return f"rounded {step['after']}" if step["before"] != step["after"] else ""
        case kind:
            return str(kind).replace("_", " ")


def _pricing(step: Mapping[str, Any]) -> str:
    terms = step["terms"]
    if step["tiers"]:
        return " + ".join(f"{tier['units']} × {tier['unit_amount']}" for tier in step["tiers"]) + f" = {step['cost']}"
    if step["packages"] is not None:
        return f"{step['packages']} packages × {terms['amount']} = {step['cost']}"
    return f"{step['quantity']} × {terms['amount']} = {step['cost']}"
