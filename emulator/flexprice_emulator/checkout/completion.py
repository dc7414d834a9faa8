"""How sessions end: paid, failed, expired, withdrawn (subscriptions.md §3.9)."""

from collections.abc import Callable
from typing import Any

from flexprice_emulator.checkout import addons, quantities, subscriptions, topups
from flexprice_emulator.checkout.sessions import EXPIRY, OPEN, tell
from flexprice_emulator.checkout.tables import CheckoutSessionRow
from flexprice_emulator.invoices.finalize import finalize
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.payments.allocation import reconcile
from flexprice_emulator.payments.provider.pages import close_of
from flexprice_emulator.payments.tables import PaymentRow
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.due_kinds import due_kind

_PAID = ("SUCCEEDED", "OVERPAID")
# Action -> (what follows the payment, what follows any other end).
_CARRY_OUT: dict[str, Callable[[Context, CheckoutSessionRow], dict[str, Any] | None]] = {
    "create_subscription": subscriptions.carry_out,
    "wallet_topup": topups.carry_out,
    "add_addon": addons.carry_out,
    "modify_subscription": quantities.carry_out,
}
_DROP: dict[str, Callable[[Context, CheckoutSessionRow], None]] = {
    "create_subscription": subscriptions.drop,
    "wallet_topup": topups.drop,
    "add_addon": addons.drop,
    "modify_subscription": quantities.drop,
}


def complete(ctx: Context, session_id: str, payment: PaymentRow) -> str:
    """The payment has come: finalize the invoice and carry out what waited. Why nothing was done, empty where something was.

    Money for a session that is over is kept as a payment, and nothing else follows.
    """
    session = ctx.session.get_one(CheckoutSessionRow, session_id)
    payment.status = "published"
    if session.checkout_status not in OPEN:
        return f"the checkout session is {session.checkout_status}: the payment is noted, nothing is carried out"
    ctx.unschedule(f"{EXPIRY}/{session.id}")
    invoice = ctx.session.get_one(InvoiceRow, session.checkout_invoice_id)
    # Somebody may have finalized, paid or voided it by hand meanwhile.
    if invoice.invoice_status == "DRAFT":
        finalize(ctx, invoice)
    if invoice.invoice_status != "VOIDED":
        reconcile(ctx, invoice, "SUCCEEDED", payment.amount)
    session.result = _CARRY_OUT[session.action](ctx, session)
    session.checkout_status, session.completed_at = "completed", ctx.now
    ctx.touch(session)
    ctx.session.flush()
    tell(ctx, session, "completed")
    return ""


def give_up(ctx: Context, session_id: str, reason: str = "") -> None:
    """The payment does not come: `failed` with a reason, `expired` without. What waited is archived with its invoice and payment."""
    session = ctx.session.get_one(CheckoutSessionRow, session_id)
    if session.checkout_status not in OPEN:
        return
    ctx.unschedule(f"{EXPIRY}/{session.id}")
    payment = ctx.session.get_one(PaymentRow, session.checkout_payment_id)
    invoice = ctx.session.get_one(InvoiceRow, session.checkout_invoice_id)
    close_of(ctx, payment.id, "closed" if reason else "expired")
    ctx.unschedule(f"payment.provider_answer/{payment.id}")
    if payment.payment_status != "FAILED":
        payment.payment_status, payment.failed_at = "FAILED", ctx.now
        payment.error_message = reason or "checkout session expired"
    payment.status = "archived"
    ctx.touch(payment)
    if invoice.invoice_status == "DRAFT" and invoice.payment_status not in _PAID:
        invoice.status = "archived"
        ctx.touch(invoice)
    _DROP[session.action](ctx, session)
    session.checkout_status, session.failure_reason = ("failed", reason) if reason else ("expired", "")
    ctx.touch(session)
    ctx.session.flush()
    tell(ctx, session, session.checkout_status)


def withdraw(ctx: Context, session: CheckoutSessionRow) -> None:
    """Archive a session; one that still waits is given up first."""
    if session.checkout_status in OPEN:
        session.cancelled_at = ctx.now
        give_up(ctx, session.id, "checkout session deleted")
    session.status = "archived"
    ctx.touch(session)


@due_kind(EXPIRY)
def expire(ctx: Context, subject: dict[str, Any]) -> None:
    """A session's time is over."""
    give_up(ctx, subject["session_id"])
