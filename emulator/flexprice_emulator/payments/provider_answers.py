"""What a provider reports after the request that asked it has long been answered (invoices.md §9.5)."""

from typing import Any

from flexprice_emulator.payments import gateway, sandbox
from flexprice_emulator.payments.destination import invoice_of
from flexprice_emulator.payments.inbound.apply import OPEN
from flexprice_emulator.payments.provider.actions import Action, act, act_on_payment
from flexprice_emulator.payments.tables import PaymentRow, ProviderPageRow
from flexprice_emulator.wire.errors import InvalidOperationError
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.due_kinds import due_kind

_ACTIONS: dict[str, Action] = {"succeed": "pay", "decline": "decline"}


@due_kind(sandbox.ANSWER)
def deliver(ctx: Context, subject: dict[str, Any]) -> None:
    """A scheduled answer arrives; one for a payment or a page that is over by now is dropped."""
    action, code = _ACTIONS[subject["outcome"]], subject["decline_code"]
    if subject.get("page_id"):
        page = ctx.session.get(ProviderPageRow, subject["page_id"])
        if page is not None and page.state == "open":
            act(ctx, page, action, code)
        return
    payment = ctx.session.get(PaymentRow, subject["payment_id"])
    if payment is not None and payment.payment_status in OPEN:
        answer(ctx, payment, subject["outcome"], code)


def answer(ctx: Context, payment: PaymentRow, outcome: str, decline_code: str = "") -> None:
    """The provider reports `succeed` or `decline`; a voided invoice stays as it is.

    Raises InvalidOperationError for a payment that is over.
    """
    if payment.payment_status not in OPEN:
        raise InvalidOperationError("The payment is not waiting for its provider", {"payment_id": payment.id})
    ctx.unschedule(f"{sandbox.ANSWER}/{payment.id}")
    provider = payment.payment_gateway or gateway.CARD_GATEWAY
    payer = gateway.payer(payment, invoice_of(ctx, payment.destination_type, payment.destination_id))
    act_on_payment(ctx, payment, provider, payer, _ACTIONS[outcome], decline_code)
