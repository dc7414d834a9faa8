"""An explained invoice as indented text: lines, totals, settlement."""

from collections.abc import Iterator, Mapping, Set
from typing import Any

from flexprice_emulator.explain.words import step_words

Plain = Mapping[str, Any]


def invoice_text(explained: Plain, *, without_idle: bool = False) -> str:
    """The whole document; ends with a newline. `without_idle`: lines of quantity and amount 0 are counted only, unless all are such."""
    idle = {number for number, line in enumerate(explained["lines"], 1) if _is_idle(line)} if without_idle else set()
    hidden = idle if len(idle) < len(explained["lines"]) else set()
    parts = [*_heading(explained), *_lines(explained, hidden), *_totals(explained), *_settlement(explained.get("settlement"))]
    return "\n".join(parts) + "\n"


def _heading(explained: Plain) -> Iterator[str]:
    currency = explained["totals"]["currency"].upper()
    period = f"{explained['period_start'] or '-'} to {explained['period_end'] or '-'}"
    if explained["invoice_id"] is None:
        yield f"Preview of subscription {explained['subscription_id']}: {explained['totals']['total']} {currency}"
    else:
        number = explained["invoice_number"] or "without a number"
        yield f"Invoice {number} ({explained['invoice_id']}), {explained['invoice_status']}: {explained['totals']['total']} {currency}"
        yield f"subscription {explained['subscription_id'] or 'none'}" + (
            f", finalized {explained['finalized_at']}" if explained["finalized_at"] else ""
        )
    yield f"customer {explained['customer_id']}, period {period}"


def _is_idle(line: Plain) -> bool:
    return line["quantity"] == "0" and line["amount"] == "0" and not (line["events"] or {}).get("count")


def _lines(explained: Plain, hidden: Set[int]) -> Iterator[str]:
    for number, line in enumerate(explained["lines"], 1):
        if number in hidden:
            continue
        yield ""
        yield f"{number}. {line['display_name'] or 'unnamed'} {line['price_type']}: {line['quantity']} for {line['amount']}"
        identity = (line.get("line_item") or {}).get("id")
        ids = [identity, line["price_id"], line["subscription_line_item_id"]]
        yield "   " + ", ".join(str(known) for known in ids if known) if any(ids) else "   no price"
        if line["period_start"]:
            yield f"   {line['period_start']} to {line['period_end']}"
        for step in line["steps"]:
            first, *more = step_words(step)
            yield f"   {first}"
            yield from (f"     {text}" for text in more)
            if step["kind"] == "usage":
                yield f"     {_events(line['events'], step['event_count'])}"
        yield from _taken_off(line)
    if hidden:
        yield ""
        yield f"and {len(hidden)} line{'' if len(hidden) == 1 else 's'} of quantity 0 for 0, which --all shows"


def _events(events: Plain, counted: int | None) -> str:
    count = events["count"] if counted is None else counted
    if not count and not events["later"]:
        return "no events"
    shown = ", ".join(events["sample"]) + (", …" if events["count"] > len(events["sample"]) else "")
    now = events["count"] + events["later"]
    since = f" (now {now})" if now != count else ""
    return f"{count} event{'' if count == 1 else 's'}{since}: {shown}"


def _taken_off(line: Plain) -> Iterator[str]:
    named = {
        "line_item_discount": "discount of the line",
        "invoice_level_discount": "share of the invoice's discount",
        "prepaid_credits_applied": "prepaid credits",
    }
    for name, words in named.items():
        if line[name] != "0":
            yield f"   {words}: − {line[name]}"


def _totals(explained: Plain) -> Iterator[str]:
    totals = explained["totals"]
    yield ""
    yield "Totals"
    given = " (as the request says)" if totals["given_subtotal"] is not None else " (sum of the lines)"
    yield f"   subtotal: {totals['subtotal']}{given}"
    for coupon in totals["coupons"]:
        where = "the invoice" if coupon["line_index"] is None else f"line {coupon['line_index'] + 1}"
        off = f"{coupon['value']} %" if coupon["type"] == "percentage" else coupon["value"]
        said = f"coupon {coupon['coupon_id']} on {where}: {off} off {coupon['original']} = {coupon['unrounded']} → {coupon['discount']}"
        yield f"     {said}{_kept(coupon)}"
    yield f"   total_discount: − {totals['total_discount']}"
    for credit in totals["credits"]:
        line = "a removed line" if credit["line_index"] is None else f"line {credit['line_index'] + 1}"
        yield f"     wallet {credit['wallet_id']} pays {credit['amount']} of {line}{_kept(credit)}"
    yield f"   total_prepaid_credits_applied: − {totals['total_prepaid_credits_applied']}"
    for tax in totals["taxes"]:
        rate = f"{tax['value']} % of {tax['base']}" if tax["type"] == "percentage" else f"fixed {tax['value']}"
        yield f"     tax {tax['tax_rate_id']}: {rate} = {tax['unrounded']} → {tax['tax']}{_kept(tax)}"
    yield f"   total_tax: {totals['total_tax']}"
    yield f"   total: {totals['total']}"


def _kept(step: Plain) -> str:
    return " (kept as it was before lines were edited)" if step["is_kept"] else ""


def _settlement(held: Plain | None) -> Iterator[str]:
    if held is None:
        return
    yield ""
    yield f"Settlement: {held['payment_status']}"
    for note in held["credit_notes"]:
        yield f"     credit note {note['id']} {note['type']} {note['status']}: {note['amount']}"
    if held["adjustment_amount"] != "0":
        yield f"   adjustment_amount: − {held['adjustment_amount']}" + (" (not taken off)" if held["adjustment_forgotten"] else "")
    yield f"   amount_due: {held['amount_due']}"
    for payment in held["payments"]:
        yield f"     payment {payment['id']} {payment['method']} {payment['status']}: {payment['amount']}"
    yield f"   amount_paid: {held['amount_paid']}"
    yield f"   amount_remaining: {held['amount_remaining']}"
    for refund in held["refunds"]:
        yield f"     refund {refund['id']} to wallet {refund['wallet_id']} ({refund['reason']}): {refund['amount']}"
    if held["refunded_amount"] != "0":
        yield f"   refunded_amount: {held['refunded_amount']}"
