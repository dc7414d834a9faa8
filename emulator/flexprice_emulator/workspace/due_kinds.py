"""The kinds of due work: which function performs each, and when it is tried again.

A domain declares its own, in a module that KINDS names:

    @due_kind("subscription.renewal", retry=Retry((timedelta(minutes=2),), forever=True))
    def renew(ctx: Context, subject: dict[str, Any]) -> None: ...

A handler runs in a transaction of its workspace, with ctx.now = the time the row was due at. What must not hold
the transaction (a call over the network) is returned as an Outside: it is called after the commit, and what it
returns records the outcome in a second transaction, which also marks the row done. Such a handler only reads, for all
three steps are done again when the process ends in between or one raises.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from flexprice_emulator.workspace.context import Context

Outside = Callable[[], Callable[["Context"], None]]
Handler = Callable[["Context", dict[str, Any]], "Outside | None"]
HandlerT = TypeVar("HandlerT", bound=Callable[..., Any])

# Kind -> the module of flexprice_emulator that declares it; imported when the first row of the kind is scheduled or performed.
KINDS: dict[str, str] = {
    "alerts.usage": "alerts.usage_job",
    "wallets.credit_expiry": "wallets.expiry",
    "grants.application": "grants.applications",
    "payment.provider_answer": "payments.provider_answers",
    "subscription.renewal": "subscriptions.lifecycle.renewal",
    "subscription.renewal_alert": "subscriptions.lifecycle.renewal",
    "subscription.trial_end": "subscriptions.lifecycle.trial_end",
    "subscription.heir_end": "subscriptions.modifications.inheritance",
    "subscription.auto_invoice_threshold": "subscriptions.lifecycle.threshold",
    "subscription.auto_cancellation": "subscriptions.lifecycle.auto_cancel",
    "subscription.auto_cancellation_scan": "subscriptions.lifecycle.auto_cancel",
    "webhook.delivery": "webhooks.deliveries",
    "checkout.expiry": "checkout.completion",
    "events.arrival": "faults.lag",
    "invoice.finalization": "subscriptions.lifecycle.cycle_invoice",
}


class UnknownKind(LookupError):
    """No handler is declared for a kind."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Tries after the first: after `delays[0]`, `delays[1]`, …; with `forever` the last delay repeats without end.

    An error in `unless` is not tried again by itself: whoever lifts its cause schedules the work anew.
    """

    delays: tuple[timedelta, ...] = ()
    forever: bool = False
    unless: tuple[type[Exception], ...] = ()

    def __post_init__(self) -> None:
        if any(delay <= timedelta(0) for delay in self.delays) or (self.forever and not self.delays):
            raise ValueError("delays must be greater than 0, and `forever` needs one")

    def after(self, attempts: int) -> timedelta | None:
        """The delay after so many failed attempts; None to give up."""
        if attempts <= len(self.delays):
            return self.delays[attempts - 1]
        return self.delays[-1] if self.forever else None


NEVER = Retry()


@dataclass(frozen=True, slots=True)
class DueKind:
    """`prompt` work leaves the system (webhooks): the running server performs it even while the clock stands still."""

    name: str
    handler: Handler
    retry: Retry = NEVER
    prompt: bool = False


_declared: dict[str, DueKind] = {}


def due_kind(name: str, *, retry: Retry = NEVER, prompt: bool = False) -> Callable[[HandlerT], HandlerT]:
    """Declare the handler of a kind. Raises ValueError for a name that another function has."""

    def register(handler: HandlerT) -> HandlerT:
        held = _declared.get(name)
        if held is not None and held.handler.__qualname__ != handler.__qualname__:
            raise ValueError(f"due work {name} is declared twice")
        _declared[name] = DueKind(name, handler, retry, prompt)
        return handler

    return register


def find_kind(name: str) -> DueKind:
    """A kind by name. Raises UnknownKind."""
    if name not in _declared and name in KINDS:
        import_module(f"flexprice_emulator.{KINDS[name]}")
    try:
        return _declared[name]
    except KeyError:
        raise UnknownKind(f"no handler is declared for due work {name}") from None
