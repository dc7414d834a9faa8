"""Opening, finding and showing sessions (subscriptions.md §3.9)."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import select

from flexprice_client.models.base import time_text
from flexprice_client.models.checkout import CheckoutSessionResponse, PaymentAction
from flexprice_client.models.subscriptions import CheckoutParams
from flexprice_emulator.checkout.tables import CheckoutSessionRow
from flexprice_emulator.connections.service import of_provider
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.payments import sandbox
from flexprice_emulator.payments.processing import process
from flexprice_emulator.payments.tables import PaymentRow
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.wire.errors import AlreadyExistsError, NotFoundError, ValidationError
from flexprice_emulator.wire.json_text import plain
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

PROVIDERS: Final = ("razorpay",)
OPEN: Final = ("initiated", "pending")
LIFE: Final = timedelta(minutes=15)
# Performed by checkout/completion.py.
EXPIRY: Final = "checkout.expiry"


def check(ctx: Context, customer_id: str, terms: CheckoutParams) -> None:
    """Raises ValidationError for an unknown or unconnected provider, AlreadyExistsError for the key of a session that is open."""
    if terms.payment_provider not in PROVIDERS:
        raise ValidationError(f"Allowed values: {', '.join(PROVIDERS)}", {"allowed_values": list(PROVIDERS)})
    if of_provider(ctx, terms.payment_provider) is None and sandbox.rule_for(ctx, customer_id) is None:
        raise ValidationError("Set up and publish a payment connection before using checkout")
    if not terms.idempotency_key:
        return
    held = select(CheckoutSessionRow.id).where(
        CheckoutSessionRow.idempotency_key == terms.idempotency_key, CheckoutSessionRow.checkout_status.in_(OPEN)
    )
    if ctx.session.scalar(held.limit(1)) is not None:
        raise AlreadyExistsError("A checkout session with this idempotency key is open", {"idempotency_key": terms.idempotency_key})


def begin(
    ctx: Context,
    action: str,
    subject_id: str,
    invoice: InvoiceRow,
    terms: CheckoutParams,
    configuration: Mapping[str, Any],
    waiting: Mapping[str, Any] | None = None,
) -> CheckoutSessionRow:
    """A session that waits for the payment of a draft invoice: initiated, and pending as soon as its page is open.

    Raises ValidationError for nothing to pay, and what the provider answers.
    """
    check(ctx, invoice.customer_id, terms)
    if invoice.amount_due <= ZERO:
        raise ValidationError("checkout requires a non-zero invoice", {"invoice_id": invoice.id})
    payment = _payment(ctx, invoice, terms, invoice.amount_due)
    session = ctx.add(
        CheckoutSessionRow(
            id=ctx.new_id("cs"),
            customer_id=invoice.customer_id,
            action=action,
            checkout_status="initiated",
            payment_provider=terms.payment_provider,
            subject_id=subject_id,
            configuration=plain(dict(configuration)),
            waiting=plain(dict(waiting or {})),
            checkout_invoice_id=invoice.id,
            checkout_payment_id=payment.id,
            payment_provider_config=terms.payment_provider_config,
            idempotency_key=terms.idempotency_key or "",
            success_url=terms.success_url or "",
            failure_url=terms.failure_url or "",
            cancel_url=terms.cancel_url or "",
            expires_at=ctx.now + LIFE,
            metadata_=terms.metadata,
            **ctx.stamp(),
        )
    )
    ctx.emit("payment.created", payment_id=payment.id)
    tell(ctx, session, "initiated")
    error = process(ctx, payment)
    if error is not None:
        raise error
    session.checkout_status = "pending"
    session.payment_action = {"type": "payment_link", "url": payment.payment_url or ""}
    session.provider_result = {
        "provider_session_id": payment.gateway_tracking_id,
        "next_action": session.payment_action,
        "expires_at": time_text(session.expires_at),
    }
    ctx.schedule(EXPIRY, session.expires_at, session_id=session.id)
    ctx.session.flush()
    return session


def get_row(ctx: Context, session_id: str) -> CheckoutSessionRow:
    """A published session. Raises NotFoundError."""
    row = ctx.session.get(CheckoutSessionRow, session_id)
    if row is None or row.status != "published":
        raise NotFoundError(f"checkout session {session_id} not found", {"id": session_id})
    return row


def open_session_of(ctx: Context, subject_id: str) -> CheckoutSessionRow | None:
    """The session of a subscription or wallet that still waits."""
    query = select(CheckoutSessionRow).where(CheckoutSessionRow.subject_id == subject_id, CheckoutSessionRow.checkout_status.in_(OPEN))
    return ctx.session.scalar(query.limit(1))


def to_response(ctx: Context, row: CheckoutSessionRow) -> CheckoutSessionResponse:
    """The wire's session."""
    action = PaymentAction.model_validate(row.payment_action) if row.payment_action else None
    return present(ctx, CheckoutSessionResponse, row, payment_action=action)


def tell(ctx: Context, row: CheckoutSessionRow, change: str) -> None:
    """The webhook of a change, with the session as it is now."""
    names = (
        "id",
        "customer_id",
        "action",
        "checkout_status",
        "payment_provider",
        "checkout_invoice_id",
        "checkout_payment_id",
        "failure_reason",
        "expires_at",
        "completed_at",
        "cancelled_at",
        "payment_action",
    )
    shown = {name: getattr(row, name) for name in names}
    ctx.emit(f"checkout.session.{change}", checkout_session={name: value for name, value in shown.items() if value not in (None, "")})


def _payment(ctx: Context, invoice: InvoiceRow, terms: CheckoutParams, amount: Decimal) -> PaymentRow:
    # The provider knows two ways back from its page; a failure and a cancellation lead the same one where only one is given.
    back = {"success_url": terms.success_url, "cancel_url": terms.cancel_url or terms.failure_url}
    return ctx.add(
        PaymentRow(
            id=ctx.new_id("pay"),
            idempotency_key=ctx.new_id("checkout"),
            destination_type="INVOICE",
            destination_id=invoice.id,
            payment_method_type="PAYMENT_LINK",
            payment_gateway=terms.payment_provider,
            gateway_metadata={name: address for name, address in back.items() if address} or None,
            amount=amount,
            currency=invoice.currency,
            payment_status="INITIATED",
            track_attempts=True,
            metadata_=terms.metadata,
            **ctx.stamp(),
        )
    )
