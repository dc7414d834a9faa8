"""What people do at the provider's pages, and the event that follows (invoices.md §9.5)."""

from dataclasses import dataclass
from typing import Literal

from flexprice_emulator.payments.gateways.report import Kind, Report
from flexprice_emulator.payments.inbound.receive import Received, receive
from flexprice_emulator.payments.provider.events import SentEvent, compose
from flexprice_emulator.payments.provider.methods import keep_method
from flexprice_emulator.payments.provider.pages import close, open_page_of
from flexprice_emulator.payments.tables import PaymentRow, ProviderPageRow
from flexprice_emulator.wire.errors import InvalidOperationError
from flexprice_emulator.workspace.context import Context

Action = Literal["pay", "decline", "expire"]
_KINDS: dict[tuple[str, Action], Kind] = {
    ("payment", "pay"): "payment_succeeded",
    ("payment", "decline"): "payment_failed",
    ("payment", "expire"): "link_closed",
    ("invoice", "pay"): "invoice_paid",
    ("invoice", "decline"): "payment_failed",
    ("setup", "pay"): "setup_succeeded",
    ("setup", "decline"): "setup_failed",
}
NO_CODE = "generic_decline"


@dataclass(frozen=True, slots=True)
class Done:
    """The event that followed, None where the provider sends none; `received` is None where it was kept back."""

    event: SentEvent | None
    received: Received | None


def act(ctx: Context, page: ProviderPageRow, action: Action, decline_code: str = "", *, deliver: bool = True) -> Done:
    """Pay or save a card, be declined (the page stays open), or let the page run out.

    Without `deliver` the provider's event is only put together: bring it yourself, late, twice or never.
    Raises InvalidOperationError for a page that is over.
    """
    if page.state != "open":
        raise InvalidOperationError("This payment page is closed", {"page_id": page.id, "state": page.state})
    method_id = ""
    if action == "pay":
        close(ctx, page, "paid")
        if page.purpose == "setup" or page.save_card:
            method_id = keep_method(ctx, page.provider, page.customer_id, ctx.new_id("pm"), make_default=page.save_card).id
    elif action == "expire":
        close(ctx, page, "expired")
    else:
        page.last_decline = decline_code or NO_CODE
    kind = _KINDS.get((page.purpose, action))
    report = None if kind is None else _report(page, kind, decline_code, method_id)
    return send(ctx, page.provider, report, deliver=deliver)


def act_on_payment(ctx: Context, payment: PaymentRow, provider: str, customer_id: str, action: Action, decline_code: str = "") -> Done:
    """As `act`, for a charge that has no page."""
    page = open_page_of(ctx, payment.id)
    if page is not None:
        return act(ctx, page, action, decline_code)
    report = Report(
        "payment_succeeded" if action == "pay" else "payment_failed",
        payment_id=payment.id,
        customer_id=customer_id,
        gateway_payment_id=payment.gateway_payment_id or "",
        amount=payment.amount,
        currency=payment.currency,
        decline_code="" if action == "pay" else decline_code or NO_CODE,
    )
    return send(ctx, provider, report)


def send(ctx: Context, provider: str, report: Report | None, *, deliver: bool = True) -> Done:
    """Have the provider tell, by the code that answers its real requests."""
    event = None if report is None else compose(ctx, provider, report)
    if event is None or not deliver:
        return Done(event, None)
    return Done(event, receive(ctx, provider, event.path, event.headers, event.body, from_stand_in=True))


def _report(page: ProviderPageRow, kind: Kind, decline_code: str, method_id: str) -> Report:
    return Report(
        kind,
        payment_id=page.payment_id,
        customer_id=page.customer_id,
        # A refused try belongs to the payment, not to the page, which stays.
        page_id="" if kind == "payment_failed" else page.id,
        gateway_payment_id=page.gateway_payment_id,
        gateway_invoice_id=page.gateway_invoice_id,
        method_id=method_id,
        amount=page.amount,
        currency=page.currency,
        decline_code=(decline_code or NO_CODE) if kind in ("payment_failed", "setup_failed") else "",
    )
