"""New payments, and how a repeat is recognized (invoices.md §9.1)."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from flexprice_client.models.payments import CreatePaymentRequest
from flexprice_emulator.invoices.keys import generated_key
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.payments.destination import payable_invoice
from flexprice_emulator.payments.processing import process
from flexprice_emulator.payments.requests import OWN_METHODS, checked_amount
from flexprice_emulator.payments.tables import PaymentRow
from flexprice_emulator.payments.wallet_payment import named_wallet, only_wallet
from flexprice_emulator.rating.decimals import to_text
from flexprice_emulator.wire.errors import ApiError, ValidationError
from flexprice_emulator.workspace.context import Context


@dataclass(frozen=True, slots=True)
class Created:
    """A payment, and the error of its processing, which the request is answered although the payment is kept."""

    payment: PaymentRow
    error: ApiError | None = None


def create(ctx: Context, request: CreatePaymentRequest) -> Created:
    """A payment, processed where that is asked for; or the first one of the key, untouched.

    The request is checked before the key is looked up: a repeat for an invoice that is paid by now is refused.
    Raises ValidationError, NotFoundError, InvalidOperationError.
    """
    amount = checked_amount(request)
    invoice = payable_invoice(ctx, request)
    method_id, metadata = request.payment_method_id, request.metadata
    if request.payment_method_type == "CREDITS":
        method_id, metadata = _wallet(ctx, request, invoice, amount)
    key = request.idempotency_key or _content_key(request, amount, method_id)
    held = ctx.session.scalar(select(PaymentRow).where(PaymentRow.idempotency_key == key, PaymentRow.status == "published"))
    if held is not None:
        return Created(held)
    own = request.payment_method_type in OWN_METHODS
    waits = own or (request.process_payment and request.payment_method_type != "PAYMENT_LINK")
    payment = ctx.add(
        PaymentRow(
            id=ctx.new_id("pay"),
            idempotency_key=key,
            destination_type=request.destination_type,
            destination_id=request.destination_id,
            payment_method_type=request.payment_method_type,
            payment_method_id=method_id,
            payment_gateway=request.payment_gateway or None,
            amount=amount,
            currency=request.currency.lower(),
            payment_status="PENDING" if waits else "INITIATED",
            track_attempts=not own,
            save_card_and_make_default=request.save_card_and_make_default,
            gateway_metadata=_addresses(request),
            metadata_=metadata,
            **ctx.stamp(),
        )
    )
    ctx.emit("payment.created", payment_id=payment.id)
    return Created(payment, process(ctx, payment) if request.process_payment else None)


def _addresses(request: CreatePaymentRequest) -> dict[str, str] | None:
    """Where the provider's page leads to, kept for when it is opened."""
    given = {"success_url": request.success_url, "cancel_url": request.cancel_url}
    return {name: address for name, address in given.items() if address} or None


def _wallet(ctx: Context, request: CreatePaymentRequest, invoice: InvoiceRow | None, amount: Decimal) -> tuple[str, dict[str, str] | None]:
    """(wallet id, metadata); only a wallet that was found here is noted in the metadata."""
    if invoice is None:
        raise ValidationError("Credits can only pay invoices", {"destination_type": request.destination_type})
    if request.payment_method_id:
        return named_wallet(ctx, invoice, request.payment_method_id).id, request.metadata
    wallet = only_wallet(ctx, invoice, amount)
    return wallet.id, {**(request.metadata or {}), "wallet_id": wallet.id, "wallet_type": wallet.wallet_type}


def _content_key(request: CreatePaymentRequest, amount: Decimal, method_id: str) -> str:
    return generated_key(
        "payment",
        destination_id=request.destination_id,
        amount=to_text(amount),
        currency=request.currency.lower(),
        payment_method_type=request.payment_method_type,
        payment_method_id=method_id,
        payment_gateway=request.payment_gateway or "",
    )
