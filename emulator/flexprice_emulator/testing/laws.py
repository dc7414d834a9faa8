"""Laws of billing, over the API's plain JSON: for any target, the emulator or the real service, and any application's tests.

A law is a generator of `Violation`s; nothing found means that it holds. `hold(*laws)` raises on the first undocumented ones:

    hold(totals(invoice), settlement(invoice), numbering(invoices))

Amounts are compared as exact decimals. Invoices are taken as `GET /invoices/{id}` shows them, with their lines; the lists
a law takes may hold invoices of any status and of other subscriptions. A violation that names a line of docs/quirks.md in
`documented` is behaviour of the real service: `hold` gives these back, to be counted.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import chain, pairwise
from typing import Any, NamedTuple

Json = Mapping[str, Any]
_ZERO = Decimal(0)
# Invoices that stand; a skipped one bills nothing but settles its period.
_STANDING = ("DRAFT", "FINALIZED", "SKIPPED")
# Which invoices bill a period that has passed; the others open, correct or top up.
_PERIODIC = ("SUBSCRIPTION_CYCLE", "AUTO_INVOICE_THRESHOLD", "PRORATION")
_SHOWN = 20
_NEVER = "9999-12-31T00:00:00Z"


class Violation(NamedTuple):
    """`law` is the function's name, `subject` an id; `documented` names the known oddity, where it is one."""

    law: str
    subject: str
    message: str
    documented: str = ""


class LawBroken(AssertionError):
    """`violations` that no document names."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        shown = [f"{found.law} {found.subject}: {found.message}" for found in violations[:_SHOWN]]
        super().__init__(f"{len(violations)} broken\n" + "\n".join(shown))
        self.violations = tuple(violations)


def hold(*laws: Iterable[Violation]) -> list[Violation]:
    """The documented violations of some laws. Raises LawBroken for any other."""
    found = list(chain(*laws))
    broken = [violation for violation in found if not violation.documented]
    if broken:
        raise LawBroken(broken)
    return found


def totals(invoice: Json) -> Iterator[Violation]:
    """subtotal = Σ lines; total = max(0, subtotal − discounts − prepaid credits) + tax; due = total − adjustments (invoices.md §6).

    Discounts and credits of the lines add up to the invoice's; of discounts lines may miss cents that fit on none.
    """
    lines = invoice.get("line_items") or []
    subtotal, discount, prepaid, tax, total = (
        _of(invoice, name) for name in ("subtotal", "total_discount", "total_prepaid_credits_applied", "total_tax", "total")
    )
    if invoice["invoice_status"] == "SKIPPED":
        if subtotal:
            yield _broken("totals", invoice, f"skipped with a subtotal of {subtotal}")
        return
    if lines and subtotal != sum(_of(line, "amount") for line in lines):
        yield _broken("totals", invoice, f"subtotal {subtotal} is not the sum of its lines")
    if total != max(_ZERO, subtotal - discount - prepaid) + tax:
        yield _broken("totals", invoice, f"total {total} is not {subtotal} − {discount} − {prepaid} + {tax}")
    if prepaid != sum(_of(line, "prepaid_credits_applied") for line in lines):
        yield _broken("totals", invoice, f"prepaid credits {prepaid} are not those of the lines")
    on_lines = sum((_of(line, "line_item_discount") + _of(line, "invoice_level_discount") for line in lines), _ZERO)
    if discount != on_lines:
        known = "an invoice discount's excess lies on no line" if discount > on_lines else ""
        yield Violation("totals", _id(invoice), f"discount {discount}, on lines {on_lines}", known)
    if invoice["invoice_status"] != "VOIDED" and _of(invoice, "amount_due") != total - _of(invoice, "adjustment_amount"):
        yield _broken("totals", invoice, f"due {invoice['amount_due']} of total {total}, adjusted {invoice['adjustment_amount']}")


def settlement(invoice: Json) -> Iterator[Violation]:
    """amount_paid + amount_remaining = amount_due; what is overpaid leaves nothing to pay (invoices.md §9)."""
    due, paid, remaining = (_of(invoice, name) for name in ("amount_due", "amount_paid", "amount_remaining"))
    if remaining < _ZERO:
        yield _broken("settlement", invoice, f"remaining {remaining}")
    if paid + remaining != due:
        overpaid = paid > due and remaining == _ZERO
        yield Violation("settlement", _id(invoice), f"paid {paid}, remaining {remaining}, due {due}", "overpaid" if overpaid else "")
    if invoice["payment_status"] == "SUCCEEDED" and remaining:
        yield Violation("settlement", _id(invoice), f"SUCCEEDED with {remaining} remaining", "a part payment a provider reports")


def periods(subscription: Json, invoices: Iterable[Json]) -> Iterator[Violation]:
    """The periods billed so far begin where the subscription (or its trial's successor) does, and follow one another without
    gap or overlap up to the running one; give it the SKIPPED invoices too. Voided ones leave their place. One cancelled during its
    trial may be billed from its start."""
    name, own = "periods", _periodic(subscription, invoices, (*_STANDING, "VOIDED"))
    spans = sorted({(_time(invoice["period_start"]), _time(invoice["period_end"])) for invoice in own})
    begin = _time(subscription.get("trial_end") or subscription["start_date"])
    for (_, end), (start, _) in pairwise(spans):
        if start != end:
            yield _broken(name, subscription, f"a period ends {end} and the next starts {start}")
    cancelled_in_trial = subscription["subscription_status"] == "cancelled" and _time(subscription.get("end_date") or _NEVER) < begin
    if spans and spans[0][0] != (_time(subscription["start_date"]) if cancelled_in_trial else begin):
        yield _broken(name, subscription, f"billed from {spans[0][0]}, begun {begin}")
    if subscription["subscription_status"] == "active":
        current = _time(subscription["current_period_start"])
        if (spans[-1][1] if spans else begin) != current:
            yield _broken(name, subscription, f"billed to {spans[-1][1] if spans else begin}, now in the period from {current}")
    standing = Counter((invoice["period_start"], invoice["period_end"]) for invoice in own if invoice["invoice_status"] != "VOIDED")
    for (start, end), count in standing.items():
        if count > 1:
            yield _broken(name, subscription, f"{count} invoices of {start} to {end}")


def lines_once(invoices: Iterable[Json]) -> Iterator[Violation]:
    """No two standing subscription invoices bill one subscription line for the same time."""
    spans: dict[str, list[tuple[datetime, datetime, str]]] = defaultdict(list)
    for invoice in invoices:
        if invoice["invoice_type"] == "SUBSCRIPTION" and invoice["invoice_status"] in ("DRAFT", "FINALIZED"):
            for key, start, end in {_span(line) for line in invoice.get("line_items") or [] if line.get("subscription_line_item_id")}:
                spans[key].append((start, end, _id(invoice)))
    for key, found in spans.items():
        for (_, end, one), (start, _, other) in pairwise(sorted(found)):
            if start < end:
                yield Violation("lines_once", key, f"billed by {one} and {other} for the time from {start}")


def usage_once(subscription: Json, invoices: Iterable[Json], events: Sequence[Json], meters: Mapping[str, Json]) -> Iterator[Violation]:
    """Each usage line's quantity, before entitlements, is what its meter makes of the events known when it was computed; and
    each event of a billed period lies on exactly one line of every subscription line that meters it.

    `events` are those of the subscriber, as sent, with `arrived_at`; of several with one event_id the last counts.
    `meters` by id. Judges SUM, COUNT and MAX meters without filters or buckets, of subscriptions without heirs.
    """
    own = _periodic(subscription, invoices, _STANDING)
    judged = {meter_id: meter for meter_id, meter in meters.items() if meter["aggregation"]["type"] in ("SUM", "COUNT", "MAX")}
    found: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for invoice in own:
        computed = _time(invoice["last_computed_at"])
        known = {event["event_id"]: event for event in events if _time(event["arrived_at"]) <= computed}.values()
        billed: dict[tuple[str, str, datetime, datetime], Decimal] = defaultdict(Decimal)
        for line in invoice.get("line_items") or []:
            if line["price_type"] == "USAGE" and line.get("meter_id") in judged:
                key, start, end = _span(line)
                billed[key, line["meter_id"], start, end] += _of(line, "quantity") + _of(line, "adjusted_entitlement_quantity")
        for (key, meter_id, start, end), quantity in billed.items():
            found[key].append((start, end))
            metered = _metered(known, judged[meter_id], start, end)
            if metered != quantity:
                yield _broken("usage_once", invoice, f"line {key} of {start} to {end} bills {quantity}, metered {metered}")
    yield from _covered(subscription, own, events, judged, found)


def preview_matches(preview: Json, invoice: Json) -> Iterator[Violation]:
    """A preview just before the roll-over shows the invoice's lines and figures; prepaid credits come off when it is finalized,
    and a draft has no taxes yet (invoices.md §5.12)."""
    name = "preview_matches"
    ours, theirs = (Counter(map(_figures, found.get("line_items") or [])) for found in (preview, invoice))
    if ours != theirs:
        yield _broken(name, invoice, f"only previewed {list((ours - theirs).elements())}, only billed {list((theirs - ours).elements())}")
    compared = ["subtotal", "total_discount", *(["total_tax"] if invoice["invoice_status"] == "FINALIZED" else [])]
    for figure in compared:
        if _of(preview, figure) != _of(invoice, figure):
            yield _broken(name, invoice, f"{figure} previewed {preview[figure]}, billed {invoice[figure]}")
    if invoice["invoice_status"] == "FINALIZED" and _of(invoice, "total") != _of(preview, "total") - _of(
        invoice, "total_prepaid_credits_applied"
    ):
        yield _broken(name, invoice, f"previewed {preview['total']}, billed {invoice['total']}")


def numbering(invoices: Iterable[Json]) -> Iterator[Violation]:
    """A finalized invoice has a number no other has; sequences of a subscription are 1, 2, 3… (invoices.md §5.4)."""
    sequences: dict[str, list[int]] = defaultdict(list)
    numbers: Counter[str] = Counter()
    for invoice in invoices:
        if invoice["invoice_status"] == "FINALIZED":
            if not invoice.get("invoice_number"):
                yield Violation("numbering", _id(invoice), "finalized without a number", "a DRAFT paid in full has no number")
            else:
                numbers[invoice["invoice_number"]] += 1
        if invoice.get("subscription_id") and invoice.get("billing_sequence"):
            sequences[invoice["subscription_id"]].append(invoice["billing_sequence"])
    yield from (Violation("numbering", number, f"given {count} times") for number, count in numbers.items() if count > 1)
    for subscription_id, found in sequences.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield Violation("numbering", subscription_id, f"billing sequences {sorted(found)}")


def ledger(wallet: Json, transactions: Iterable[Json]) -> Iterator[Violation]:
    """A wallet's credits are its completed credits less its completed debits; only a manual debit goes below zero (wallets.md §4)."""
    done = [found for found in transactions if found["transaction_status"] == "completed"]
    balance = sum((_of(one, "credit_amount") * (1 if one["type"] == "credit" else -1) for one in done), _ZERO)
    if _of(wallet, "credit_balance") != balance:
        yield _broken("ledger", wallet, f"holds {wallet['credit_balance']} credits, its transactions make {balance}")
    if balance < _ZERO:
        by_hand = any(one.get("transaction_reason") == "MANUAL_BALANCE_DEBIT" for one in done)
        yield Violation("ledger", _id(wallet), f"holds {balance} credits", "a manual debit may overdraw" if by_hand else "")


def same(one: Any, other: Any) -> Iterator[Violation]:
    """Two worlds are one, to the byte of their JSON."""
    ours, theirs = (json.dumps(world, indent=1, sort_keys=True).splitlines() for world in (one, other))
    for number, (left, right) in enumerate(zip(ours, theirs, strict=False), 1):
        if left != right:
            yield Violation("same", f"line {number}", f"{left.strip()} or {right.strip()}")
            return
    if len(ours) != len(theirs):
        yield Violation("same", "length", f"{len(ours)} or {len(theirs)} lines")


def _covered(
    subscription: Json, own: Sequence[Json], events: Sequence[Json], meters: Mapping[str, Json], found: Mapping[str, list[Any]]
) -> Iterator[Violation]:
    spans = [(_time(invoice["period_start"]), _time(invoice["period_end"]), _time(invoice["last_computed_at"])) for invoice in own]
    for item in subscription.get("line_items") or []:
        meter = meters.get(item.get("meter_id") or "")
        if meter is None or item["price_type"] != "USAGE":
            continue
        begin, end = _time(item["start_date"]), _time(item["end_date"])
        for event in {event["event_id"]: event for event in events}.values():
            at = _time(event["timestamp"])
            if event["event_name"] != meter["event_name"] or at < begin or (end.year > 1 and at >= end):
                continue
            if not any(start <= at < stop and _time(event["arrived_at"]) <= computed for start, stop, computed in spans):
                continue
            count = sum(start <= at < stop for start, stop in found[item["id"]])
            if count != 1:
                yield _broken("usage_once", subscription, f"event {event['event_id']} of {at} lies on {count} lines of {item['id']}")


def _metered(events: Iterable[Json], meter: Json, start: datetime, end: datetime) -> Decimal:
    kind, field = meter["aggregation"]["type"], meter["aggregation"].get("field") or ""
    within = [event for event in events if event["event_name"] == meter["event_name"] and start <= _time(event["timestamp"]) < end]
    if kind == "COUNT":
        return Decimal(len(within))
    values = [Decimal(str(event["properties"][field])) for event in within if field in event["properties"]]
    return max(values, default=_ZERO) if kind == "MAX" else sum(values, _ZERO)


def _periodic(subscription: Json, invoices: Iterable[Json], statuses: Sequence[str]) -> list[Json]:
    return [
        invoice
        for invoice in invoices
        if invoice.get("subscription_id") == subscription["id"]
        and invoice["invoice_type"] == "SUBSCRIPTION"
        and invoice["billing_reason"] in _PERIODIC
        and invoice["invoice_status"] in statuses
    ]


def _figures(line: Json) -> tuple[str, ...]:
    amounts = ("amount", "quantity", "line_item_discount", "adjusted_entitlement_quantity")
    return (
        str(line["display_name"]),
        str(line.get("subscription_line_item_id") or ""),
        str(line["period_start"]),
        str(line["period_end"]),
        *(str(_of(line, name).normalize()) for name in amounts),
    )


def _span(line: Json) -> tuple[str, datetime, datetime]:
    return str(line.get("subscription_line_item_id") or ""), _time(line["period_start"]), _time(line["period_end"])


def _of(record: Json, name: str) -> Decimal:
    return Decimal(str(record.get(name) or 0))


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _id(record: Json) -> str:
    return str(record.get("id") or "")


def _broken(law: str, record: Json, message: str) -> Violation:
    return Violation(law, _id(record), message)
