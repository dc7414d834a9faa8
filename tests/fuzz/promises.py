"""What holds whatever was asked: promises of the emulator, checked over a firm's whole history.

`Broken` says which one does not hold.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flexprice_emulator.explain.check import problems
from flexprice_emulator.explain.doctor.report import examine
from flexprice_emulator.explain.doctor.verdicts import RANKS
from flexprice_emulator.explain.invoices import explain_invoice
from flexprice_emulator.testing.laws.base import LawBroken, hold
from flexprice_emulator.testing.laws.figures import numbering, settlement, totals
from flexprice_emulator.testing.laws.money import ledger
from flexprice_emulator.wire.json_text import plain
from flexprice_emulator.workspace.context import Context

if TYPE_CHECKING:
    from tests.fuzz.firm import Answer, Firm

# No plain decimal: an exponent, a sign of nothing, zeros behind, or no number at all.
_ODD = re.compile(r"-?\d+(\.\d+)?[eE][+-]?\d+\Z|[+-]?(NaN|Inf|Infinity)\Z|-0(\.0*)?\Z|-?\d+\.\d*0\Z|-?0\d+(\.\d+)?\Z|-?\.\d+\Z")
_MONEY = re.compile(r"amount|total|balance|credit|price|rate|quantity|usage|cost|discount|tax|paid|due\Z|remaining|revenue")
_STATUSES = ("DRAFT", "FINALIZED", "VOIDED", "SKIPPED")
# What binary fractions leave of 0.1 + 0.2: plain numbers are floats there too, but show what they are made of.
_NOISE = re.compile(r"\.\d*(0{7,}|9{7,})\d{1,3}\Z")


class Broken(AssertionError):
    """A promise that does not hold."""


def number_faults(answer: "Answer", request: str) -> Iterator[str]:
    """Figures in an answer that are no exact decimals; what the request itself says may come back as it was."""
    if answer.raw[:1] not in (b"{", b"["):
        return
    constants: list[str] = []
    body = json.loads(answer.raw, parse_constant=lambda text: constants.append(text))
    yield from (f"{text} is no JSON" for text in constants)
    yield from _faults(body, "", request)


def _faults(value: Any, where: str, request: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, entry in value.items():
            if key not in ("metadata", "properties"):
                yield from _faults(entry, f"{where}.{key}", request)
    elif isinstance(value, list):
        for entry in value:
            yield from _faults(entry, where, request)
    elif isinstance(value, str):
        if _ODD.match(value) and _MONEY.search(where) and value not in request:
            yield f"{where} is {value!r}"
    elif isinstance(value, float) and (not math.isfinite(value) or _NOISE.search(repr(value))):
        yield f"{where} is {value!r}"


def kept(firm: "Firm") -> None:
    """All promises about what there is now. Raises Broken."""
    invoices = list(_invoices(firm))
    _unchanged_by_reads(firm, invoices)
    explained = _explained(firm, invoices)
    _doctored(firm, invoices, explained)
    transactions = {wallet: list(_pages(firm, f"/wallets/{wallet}/transactions")) for wallet in firm.known.get("wallet", ())}
    wallets = {wallet: firm.get(f"/wallets/{wallet}") for wallet in transactions}
    try:
        hold(
            *(totals(invoice) for invoice in invoices if invoice["invoice_type"] == "SUBSCRIPTION" and not invoice["is_manually_edited"]),
            *(settlement(invoice) for invoice in invoices),
            numbering(invoices),
            *(ledger(wallets[wallet], found) for wallet, found in transactions.items()),
        )
    except LawBroken as error:
        raise Broken(str(error)) from None


def _pages(firm: "Firm", path: str) -> Iterator[dict[str, Any]]:
    mark, offset = "&" if "?" in path else "?", 0
    while True:
        items = firm.get(f"{path}{mark}limit=100&offset={offset}")["items"]
        yield from items
        offset += 100
        if len(items) < 100:
            return


def _invoices(firm: "Firm") -> Iterator[dict[str, Any]]:
    for listed in _pages(firm, "/invoices?" + "&".join(f"invoice_status={status}" for status in _STATUSES)):
        yield firm.get(f"/invoices/{listed['id']}?expand=coupon_applications")


def _unchanged_by_reads(firm: "Firm", invoices: Iterable[dict[str, Any]]) -> None:
    """Every read twice: `send` holds them against the database, and the second says what the first said."""
    paths = ["/customers", "/prices?limit=100", "/plans?expand=prices,entitlements", "/features", "/addons", "/wallets", "/payments"]
    paths += ["/creditnotes", "/creditgrants", "/coupons", "/taxes/rates", "/taxes/associations", "/entitlements", "/prices/units"]
    for subscription in firm.known.get("subscription", ())[-6:]:
        route = f"/subscriptions/{subscription}"
        paths += [route, f"{route}/v2?expand=invoices", f"{route}/entitlements", f"{route}/grants/upcoming", f"{route}/addons/associations"]
    for customer in firm.known.get("customer", ())[-4:]:
        route = f"/customers/{customer}"
        paths += [f"{route}/{tail}" for tail in ("entitlements", "usage", "wallets", "invoices/summary", "grants/upcoming")]
    for wallet in firm.known.get("wallet", ())[-4:]:
        paths += [f"/wallets/{wallet}/balance/real-time", f"/wallets/{wallet}/transactions"]
    for path in paths:
        first = firm.ask("GET", path)
        if firm.ask("GET", path).raw != first.raw:
            raise Broken(f"GET {path} says something else the second time")
    for subscription in firm.known.get("subscription", ())[-6:]:
        firm.ask("POST", "/invoices/preview", {"subscription_id": subscription})
        firm.ask("POST", "/subscriptions/usage", {"subscription_id": subscription})
    for external in firm.known.get("external_id", ())[-3:]:
        firm.ask("POST", "/events/analytics", {"external_customer_id": external})
        firm.ask("POST", "/events/query", {"external_customer_id": external})


def _ctx(firm: "Firm", session: Any) -> Context:
    return Context(firm.workspace, session, firm.now, server=firm.edge)


def _explained(firm: "Firm", invoices: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Every invoice's explanation follows from itself."""
    found: dict[str, Any] = {}
    for invoice in invoices:
        with firm.workspace.transaction() as session:
            explained = explain_invoice(_ctx(firm, session), invoice["id"])
            session.rollback()
        wrong = problems(explained)
        if wrong:
            raise Broken(f"explain {invoice['id']} ({invoice.get('billing_reason')}, {invoice['invoice_status']}): {wrong[:3]}")
        shown = {line["id"]: Decimal(line["amount"]) for line in invoice.get("line_items") or []}
        told = {line["line_item"]["id"]: Decimal(line["line_item"]["amount"]) for line in explained["lines"]}
        if shown != told:
            raise Broken(f"explain {invoice['id']}: {told} where the invoice has {shown}")
        found[invoice["id"]] = explained
    return found


_MEANS = {"billed": "FINALIZED", "draft": "DRAFT", "voided": "VOIDED", "skipped": "SKIPPED", "late": "FINALIZED"}


def _doctored(firm: "Firm", invoices: Iterable[dict[str, Any]], explained: dict[str, Any]) -> None:
    """Every accepted event has a verdict, and what it says of an invoice is so."""
    statuses = {invoice["id"]: invoice["invoice_status"] for invoice in invoices}
    billed: dict[str, set[str]] = {}
    unsure: set[str] = set()
    for event_id in dict.fromkeys(event["event_id"] for event in firm.events):
        with firm.workspace.transaction() as session:
            report = plain(examine(_ctx(firm, session), event_id))
            session.rollback()
        if report["verdict"] not in RANKS:
            raise Broken(f"doctor {event_id}: {report['verdict']}")
        for line in (line for copy in report["copies"] for meter in copy["meters"] for line in meter["lines"]):
            about = line.get("invoice")
            if about is None:
                continue
            if (
                statuses.get(about["id"]) != about["invoice_status"]
                or _MEANS.get(line["verdict"], about["invoice_status"]) != about["invoice_status"]
            ):
                raise Broken(f"doctor {event_id}: {line['verdict']} by {about}, which is {statuses.get(about['id'])}")
            if line["verdict"] == "unclear":
                unsure.add(about["line_item_id"])
            if line["verdict"] == "billed":
                billed.setdefault(about["line_item_id"], set()).add(event_id)
    for invoice_id, explanation in explained.items():
        if statuses[invoice_id] != "FINALIZED":
            continue
        for line in explanation["lines"]:
            step = next((step for step in line["steps"] if step["kind"] == "usage"), None)
            item = line["line_item"]["id"]
            if step is None or step["event_count"] is None or item in unsure or not line["subscription_line_item_id"]:
                continue
            if len(billed.get(item, ())) != step["event_count"]:
                raise Broken(
                    f"doctor: invoice {invoice_id}, line {item} counted {step['event_count']} events, "
                    f"{len(billed.get(item, ()))} are said to be billed by it: {sorted(billed.get(item, ()))}"
                )
