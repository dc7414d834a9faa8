"""Collecting an invoice without being told how: postpaid wallets and the card (invoices.md §9.6, wallets.md §11.2)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from sqlalchemy import func, select

from flexprice_client.models.payments import CreatePaymentRequest
from flexprice_emulator.connections.service import syncing
from flexprice_emulator.invoices.keys import generated_key
from flexprice_emulator.invoices.lines import line_rows
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.payments import gateway
from flexprice_emulator.payments.create import create
from flexprice_emulator.payments.tables import PaymentRow
from flexprice_emulator.payments.wallet_shares import Left, Share, allowed_type, share_out
from flexprice_emulator.rating.decimals import ZERO, add, subtract
from flexprice_emulator.subscriptions.lifecycle.planning import follow
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.wallets.service import active_wallets, for_payment
from flexprice_emulator.wallets.tables import WalletRow
from flexprice_emulator.wire.errors import ApiError, InvalidOperationError, ValidationError
from flexprice_emulator.workspace.context import Context

Flow = Literal["creation", "renewal", "manual", "cancel"]
# At creation these take a wallet's money only when all of the invoice can be collected.
_ALL_OR_NOTHING = ("allow_incomplete", "error_if_incomplete")
_INCOMPLETE_WHEN_UNPAID = ("allow_incomplete", "default_incomplete")
_PAID = ("SUCCEEDED", "OVERPAID")
_SOURCE = "subscription_auto_payment"


def attempt(ctx: Context, invoice: InvoiceRow) -> None:
    """Try to collect at somebody's request; whether anything was collected shows on the invoice.

    Raises InvalidOperationError for a paid invoice, ValidationError for one that is not finalized.
    """
    if invoice.invoice_status == "SKIPPED":
        return
    if invoice.payment_status in _PAID:
        details = {"invoice_id": invoice.id, "payment_status": invoice.payment_status}
        raise InvalidOperationError("Invoice is already paid", details)
    if invoice.invoice_status != "FINALIZED":
        details = {"invoice_id": invoice.id, "invoice_status": invoice.invoice_status}
        raise ValidationError("Invoice must be finalized before a payment is attempted", details)
    collect(ctx, invoice, "manual")


def collect(ctx: Context, invoice: InvoiceRow, flow: Flow) -> None:
    """Card first, then wallets; one-off invoices from wallets only. Never raises for a payment that fails.

    Changes the subscription's status as the flow does: a paid manual one makes it active (a cancelled one too, a known oddity),
    an unpaid renewal incomplete where its payment_behavior says so; `creation` leaves that to the caller.
    """
    subscription = _subscription(ctx, invoice)
    sends_invoices = subscription is not None and subscription.collection_method != "charge_automatically"
    if flow == "manual" or not sends_invoices:
        _pay(ctx, invoice, subscription, flow)
    if subscription is not None:
        _follow(ctx, subscription, flow, paid=invoice.payment_status in _PAID)


def _pay(ctx: Context, invoice: InvoiceRow, subscription: SubscriptionRow | None, flow: Flow) -> None:
    if invoice.amount_remaining <= ZERO or (subscription is not None and gateway.CARD_GATEWAY in syncing(ctx, "invoice")):
        # An invoice that is pushed out to the provider is charged there.
        return
    payers = for_payment(ctx, invoice.customer_id, invoice.currency)
    if subscription is not None:
        by_card = subtract(invoice.amount_remaining, _payable_by_wallets(ctx, invoice, payers))
        charged = by_card <= ZERO or _charge_card(ctx, invoice, subscription, by_card)
        if not charged and flow == "creation" and subscription.payment_behavior in _ALL_OR_NOTHING:
            return
    if not payers:
        return
    wallets = {wallet.id: wallet for wallet in payers}
    for share in _shares(ctx, invoice, payers):
        _pay_from(ctx, invoice, wallets[share.wallet_id], share.amount)


def _follow(ctx: Context, subscription: SubscriptionRow, flow: Flow, *, paid: bool) -> None:
    status = subscription.subscription_status
    if paid and flow in ("manual", "renewal") and (flow == "manual" or status == "incomplete"):
        status = "active"
    elif not paid and flow == "renewal" and subscription.payment_behavior in _INCOMPLETE_WHEN_UNPAID:
        status = "incomplete"
    if status != subscription.subscription_status:
        subscription.subscription_status = status
        ctx.touch(subscription)
        ctx.session.flush()
        follow(ctx, subscription)


def _subscription(ctx: Context, invoice: InvoiceRow) -> SubscriptionRow | None:
    if invoice.invoice_type != "SUBSCRIPTION" or not invoice.subscription_id:
        return None
    return ctx.session.get(SubscriptionRow, invoice.subscription_id)


def _payable_by_wallets(ctx: Context, invoice: InvoiceRow, payers: Sequence[WalletRow]) -> Decimal:
    if not payers:
        return ZERO
    # The reference counts wallets of every type here, though only postpaid ones will pay.
    postpaid = add(*(wallet.balance for wallet in payers))
    held = [wallet for wallet in active_wallets(ctx, invoice.customer_id, invoice.currency) if wallet.balance > ZERO]
    return min(add(*(share.amount for share in _shares(ctx, invoice, held))), postpaid)


def _shares(ctx: Context, invoice: InvoiceRow, wallets: Sequence[WalletRow]) -> list[Share]:
    lines = line_rows(ctx, invoice.id)
    usage = add(*(line.amount for line in lines if line.price_type == "USAGE"))
    fixed = add(*(line.amount for line in lines if line.price_type != "USAGE"))
    left = Left(usage, fixed, invoice.amount_remaining).less(invoice.amount_paid)
    return share_out([(wallet.id, allowed_type(wallet.config), wallet.balance) for wallet in wallets], left)


def _charge_card(ctx: Context, invoice: InvoiceRow, subscription: SubscriptionRow, amount: Decimal) -> bool:
    """Whether the card paid. Without a connection, or a card, there is nothing to try, and no payment is made."""
    if not gateway.is_connected(ctx, invoice.customer_id):
        return False
    method_id = subscription.gateway_payment_method_id or gateway.card_to_charge(ctx, invoice.customer_id)
    if not method_id:
        return False
    request = _request(invoice, "CARD", method_id, amount, {"payment_source": _SOURCE})
    failures = _failed_charges(ctx, invoice)
    if failures:
        # Else a card that was declined once could never be tried again: the key would find the payment that failed.
        request.idempotency_key = generated_key("card_retry", invoice_id=invoice.id, attempt=str(failures))
    try:
        made = create(ctx, request)
    except ApiError:
        return False
    return made.payment.payment_status == "SUCCEEDED"


def _failed_charges(ctx: Context, invoice: InvoiceRow) -> int:
    query = select(func.count()).select_from(PaymentRow)
    failed = (PaymentRow.payment_method_type == "CARD", PaymentRow.payment_status == "FAILED", PaymentRow.status == "published")
    return ctx.session.scalar(query.where(PaymentRow.destination_id == invoice.id, *failed)) or 0


def _pay_from(ctx: Context, invoice: InvoiceRow, wallet: WalletRow, amount: Decimal) -> None:
    metadata = {"payment_source": _SOURCE, "wallet_id": wallet.id, "wallet_type": wallet.wallet_type}
    try:
        create(ctx, _request(invoice, "CREDITS", wallet.id, amount, metadata))
    except ApiError:
        # A wallet that cannot pay is passed over; what it refused was not written.
        return


def _request(invoice: InvoiceRow, method: str, method_id: str, amount: Decimal, metadata: dict[str, str]) -> CreatePaymentRequest:
    return CreatePaymentRequest(
        destination_type="INVOICE",
        destination_id=invoice.id,
        payment_method_type=method,
        payment_method_id=method_id,
        currency=invoice.currency,
        amount=amount,
        process_payment=True,
        metadata=metadata,
    )
