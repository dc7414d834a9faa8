"""What follows from a provider's report (invoices.md §9.5)."""

from dataclasses import replace
from decimal import Decimal

from sqlalchemy import or_, select

from flexprice_emulator.integrations.tables import IntegrationMappingRow
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.payments import gateway
from flexprice_emulator.payments.allocation import reconcile
from flexprice_emulator.payments.destination import invoice_of
from flexprice_emulator.payments.gateways.report import Report
from flexprice_emulator.payments.outcome import SUCCEEDED, Outcome
from flexprice_emulator.payments.processing import note_outcome
from flexprice_emulator.payments.provider.methods import keep_method
from flexprice_emulator.payments.provider.pages import close_of, get_page
from flexprice_emulator.payments.tables import PaymentRow
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.workspace.context import Context

OPEN = ("INITIATED", "PENDING", "PROCESSING")


def apply(ctx: Context, provider: str, report: Report) -> str:
    """Do it; why nothing was done, empty where something was."""
    match report.kind:
        case "payment_succeeded":
            return _succeeded(ctx, provider, report)
        case "payment_failed" | "link_closed":
            return _failed(ctx, provider, report)
        case "setup_succeeded":
            return _saved(ctx, provider, report)
        case "invoice_paid":
            return _invoice_paid(ctx, provider, report)
        case _:
            return "a card that could not be saved changes nothing"


def _succeeded(ctx: Context, provider: str, report: Report) -> str:
    payment = _payment(ctx, provider, report)
    if payment is None:
        return "no payment here belongs to this event"
    # A payment that failed may still be paid: the money is there, whatever a refused try before it said.
    if payment.payment_status not in (*OPEN, "FAILED"):
        return f"the payment is {payment.payment_status} already"
    close_of(ctx, payment.id, "paid")
    note_outcome(ctx, payment, replace(SUCCEEDED, gateway_payment_id=report.gateway_payment_id))
    payment.failed_at = None
    ctx.unschedule(f"payment.provider_answer/{payment.id}")
    if report.method_id and payment.save_card_and_make_default:
        keep_method(ctx, provider, gateway.payer(payment, _invoice(ctx, payment)), report.method_id, make_default=True)
    session = _checkout(ctx, payment)
    if session is not None:
        from flexprice_emulator.checkout.completion import complete

        return complete(ctx, session, payment)
    invoice = _invoice(ctx, payment)
    if invoice is not None and invoice.invoice_status != "VOIDED":
        reconcile(ctx, invoice, "SUCCEEDED", payment.amount)
    return ""


def _failed(ctx: Context, provider: str, report: Report) -> str:
    payment = _payment(ctx, provider, report)
    if payment is None:
        return "no payment here belongs to this event"
    if payment.payment_status not in OPEN:
        return f"the payment is {payment.payment_status} already"
    if report.kind == "link_closed":
        close_of(ctx, payment.id, "expired")
        note_outcome(ctx, payment, Outcome("FAILED", reason=report.reason))
    else:
        note_outcome(ctx, payment, gateway.declined(payment, report.decline_code, gateway_payment_id=report.gateway_payment_id))
    session = _checkout(ctx, payment)
    if session is not None:
        from flexprice_emulator.checkout.completion import give_up

        give_up(ctx, session, payment.error_message or "payment failed")
    return ""


def _saved(ctx: Context, provider: str, report: Report) -> str:
    if not report.customer_id or not report.method_id:
        return "no customer here belongs to this event"
    page = get_page(ctx, report.page_id) if report.page_id else None
    keep_method(ctx, provider, report.customer_id, report.method_id, make_default=page is not None and page.save_card)
    return ""


def _invoice_paid(ctx: Context, provider: str, report: Report) -> str:
    """An invoice was paid at the provider, where it had been pushed to: a payment is made of it here."""
    mapping = ctx.session.scalar(
        select(IntegrationMappingRow).where(
            IntegrationMappingRow.entity_type == "invoice",
            IntegrationMappingRow.provider_type == provider,
            IntegrationMappingRow.provider_entity_id == report.gateway_invoice_id,
            IntegrationMappingRow.status == "published",
        )
    )
    invoice = ctx.session.get(InvoiceRow, mapping.entity_id) if mapping is not None else None
    if invoice is None:
        return "no invoice here belongs to this event"
    known = select(PaymentRow.id).where(PaymentRow.gateway_payment_id == report.gateway_payment_id, PaymentRow.payment_gateway == provider)
    if report.gateway_payment_id and ctx.session.scalar(known.limit(1)) is not None:
        return "the payment is known already"
    payment = _outside_payment(ctx, provider, invoice, report)
    ctx.emit("payment.created", payment_id=payment.id)
    note_outcome(ctx, payment, replace(SUCCEEDED, gateway_payment_id=report.gateway_payment_id))
    if invoice.invoice_status != "VOIDED":
        reconcile(ctx, invoice, "SUCCEEDED", payment.amount)
    return ""


def _outside_payment(ctx: Context, provider: str, invoice: InvoiceRow, report: Report) -> PaymentRow:
    amount: Decimal = report.amount if report.amount is not None and report.amount > ZERO else invoice.amount_remaining
    return ctx.add(
        PaymentRow(
            id=ctx.new_id("pay"),
            idempotency_key=f"{provider}_{report.gateway_payment_id or ctx.new_id('paid')}",
            destination_type="INVOICE",
            destination_id=invoice.id,
            payment_method_type="CARD",
            payment_method_id=report.method_id,
            payment_gateway=provider,
            gateway_tracking_id=report.gateway_invoice_id,
            amount=amount,
            currency=invoice.currency,
            payment_status="PROCESSING",
            metadata_={"payment_source": "provider_invoice"},
            **ctx.stamp(),
        )
    )


def _payment(ctx: Context, provider: str, report: Report) -> PaymentRow | None:
    if report.payment_id:
        return ctx.session.get(PaymentRow, report.payment_id)
    ids = [given for given in (report.gateway_payment_id, report.page_id) if given]
    if not ids:
        return None
    belongs = or_(PaymentRow.gateway_payment_id.in_(ids), PaymentRow.gateway_tracking_id.in_(ids))
    at_provider = or_(PaymentRow.payment_gateway == provider, PaymentRow.payment_gateway.is_(None))
    found: PaymentRow | None = ctx.session.scalar(select(PaymentRow).where(belongs, at_provider).limit(1))
    return found


def _invoice(ctx: Context, payment: PaymentRow) -> InvoiceRow | None:
    return invoice_of(ctx, payment.destination_type, payment.destination_id)


def _checkout(ctx: Context, payment: PaymentRow) -> str | None:
    """The checkout session a payment was made for, by id."""
    from flexprice_emulator.checkout.tables import CheckoutSessionRow

    query = select(CheckoutSessionRow.id).where(CheckoutSessionRow.checkout_payment_id == payment.id)
    found: str | None = ctx.session.scalar(query)
    return found
