"""What a provider reports after the request that asked it has long been answered (invoices.md §9.5)."""

from typing import Any

from flexprice_emulator.payments import gateway, sandbox
from flexprice_emulator.payments.allocation import reconcile
from flexprice_emulator.payments.destination import invoice_of
from flexprice_emulator.payments.outcome import SUCCEEDED
from flexprice_emulator.payments.processing import note_outcome
from flexprice_emulator.payments.tables import PaymentRow
from flexprice_emulator.wire.errors import InvalidOperationError
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.due_kinds import due_kind

_OPEN = ("INITIATED", "PENDING", "PROCESSING")


@due_kind(sandbox.ANSWER)
def deliver(ctx: Context, subject: dict[str, Any]) -> None:
    """A scheduled answer arrives; one for a payment that is over by now is dropped."""
    payment = ctx.session.get(PaymentRow, subject["payment_id"])
    if payment is not None and payment.payment_status in _OPEN:
        answer(ctx, payment, subject["outcome"], subject["decline_code"])


def answer(ctx: Context, payment: PaymentRow, outcome: str, decline_code: str = "") -> None:
    """The provider reports `succeed` or `decline`; a voided invoice stays as it is.

    Raises InvalidOperationError for a payment that is over.
    """
    if payment.payment_status not in _OPEN:
        raise InvalidOperationError("The payment is not waiting for its provider", {"payment_id": payment.id})
    ctx.unschedule(f"{sandbox.ANSWER}/{payment.id}")
    succeeded = outcome == "succeed"
    note_outcome(ctx, payment, SUCCEEDED if succeeded else gateway.declined(payment, decline_code))
    invoice = invoice_of(ctx, payment.destination_type, payment.destination_id)
    if succeeded and invoice is not None and invoice.invoice_status != "VOIDED":
        reconcile(ctx, invoice, "SUCCEEDED", payment.amount)
