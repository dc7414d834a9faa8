"""What a law is made of: violations, and the reading of plain JSON."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from itertools import chain
from typing import Any, NamedTuple

Json = Mapping[str, Any]
ZERO = Decimal(0)
# Invoices that stand; a skipped one bills nothing but settles its period.
STANDING = ("DRAFT", "FINALIZED", "SKIPPED")
# Which invoices bill a period that has passed; the others open, correct or top up.
PERIODIC = ("SUBSCRIPTION_CYCLE", "AUTO_INVOICE_THRESHOLD", "PRORATION")
NEVER = "9999-12-31T00:00:00Z"
_SHOWN = 20


class Quirk(StrEnum):
    """What breaks a law as the real service does, each in the words of a line of docs/quirks.md."""

    EXCESS = "the excess lies on no line"
    OVERPAID = "More than is due by `POST /payments` is SUCCEEDED"
    PART_PAID = "A part payment a provider reports leaves the invoice SUCCEEDED with amount_remaining above 0"
    UNNUMBERED = "A DRAFT paid in full becomes FINALIZED without a number"
    OVERDRAWN = "A manual debit may take a wallet below zero"
    BETWEEN = "Usage that arrives after a renewal was computed and before it is finalized is not on it"
    PAID_IN_TRIAL = "A paid attempt (`POST /invoices/{id}/payment/attempt`) makes its subscription active whatever its status was"
    MOVED_TRIAL = "A moved or ended trial never changes `trial_end`"
    FORGOTTEN = "Voiding an ADJUSTMENT on a taxed subscription invoice makes the whole total due again"
    CANCELLED_IN_TRIAL = "Cancelling during a trial with `generate_invoice` bills the trial's usage so far"


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


def of(record: Json, name: str) -> Decimal:
    """A figure; 0 where there is none."""
    return Decimal(str(record.get(name) or 0))


def time(text: str) -> datetime:
    """A time of the wire."""
    return datetime.fromisoformat(text)


def identity(record: Json) -> str:
    """A record's id."""
    return str(record.get("id") or "")


def broken(law: str, record: Json, message: str) -> Violation:
    """What nothing documents."""
    return Violation(law, identity(record), message)


def span(line: Json) -> tuple[str, datetime, datetime]:
    """Which subscription line an invoice line bills, and for what time."""
    return str(line.get("subscription_line_item_id") or ""), time(line["period_start"]), time(line["period_end"])


def periodic(subscription_id: str, invoices: Iterable[Json], statuses: Sequence[str]) -> list[Json]:
    """A subscription's invoices of periods that have passed."""
    return [
        invoice
        for invoice in invoices
        if invoice.get("subscription_id") == subscription_id
        and invoice["invoice_type"] == "SUBSCRIPTION"
        and invoice["billing_reason"] in PERIODIC
        and invoice["invoice_status"] in statuses
    ]
