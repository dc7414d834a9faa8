"""What a change touched, as its answer lists it; and how the same looks in a preview."""

from datetime import datetime

from flexprice_client.models.invoices import InvoiceLineItemResponse, InvoiceResponse
from flexprice_client.models.subscription_changes import ChangedInvoice, ChangedLineItem, ChangedResources, ChangedSubscription
from flexprice_client.models.wallets import WalletTransactionResponse
from flexprice_emulator.invoices.reads import bare, responses
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.subscriptions.modifications.texts import QUANTITY_CHANGE
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.wallets.presentation import transaction_response
from flexprice_emulator.wallets.tables import WalletTransactionRow
from flexprice_emulator.workspace.context import Context

_INVOICE_ID, _LINE_ID, _CREDIT_ID, _SUBSCRIPTION_ID = "(preview-invoice)", "(preview-line)", "(preview-wallet-credit)", "(preview-created)"
# A preview shows a draft without anything that storing and finalizing gives.
_STORED = (
    "invoice_number",
    "idempotency_key",
    "billing_sequence",
    "billing_period",
    "due_date",
    "finalized_at",
    "issue_date",
    "last_computed_at",
    "paid_at",
    "customer",
    "taxes",
)


def line(row: SubscriptionLineItemRow, action: str, *, end_date: datetime | None = None) -> ChangedLineItem:
    """One line; `end_date` where the answer shows another than the line has."""
    return ChangedLineItem.model_construct(
        id=row.id,
        price_id=row.price_id,
        quantity=row.quantity,
        start_date=row.start_date,
        end_date=end_date or row.end_date,
        change_action=action,
    )


def subscription(
    row: SubscriptionRow, action: str, *, trial_end: datetime | None = None, current_period_end: datetime | None = None
) -> ChangedSubscription:
    """One subscription with the dates that changed."""
    return ChangedSubscription.model_construct(
        id=row.id, action=action, status=row.subscription_status, trial_end=trial_end, current_period_end=current_period_end
    )


def invoice(ctx: Context, row: InvoiceRow) -> ChangedInvoice:
    """A proration invoice with its customer; known oddity: `status` is its payment status."""
    shown = responses(ctx, [row])[0]
    return ChangedInvoice.model_construct(id=row.id, action="created", status=row.payment_status, invoice=shown)


def trial_invoice(ctx: Context, row: InvoiceRow) -> ChangedInvoice:
    """The invoice that ends a trial; known oddity: without a `status`."""
    return ChangedInvoice.model_construct(id=row.id, action="created", status="", invoice=bare(ctx, row))


def wallet_credit(ctx: Context, row: WalletTransactionRow) -> ChangedInvoice:
    """Money that went into a wallet."""
    return ChangedInvoice.model_construct(
        id=row.id, action="wallet_credit", status="issued", wallet_transaction=transaction_response(ctx, row)
    )


def resources(
    lines: list[ChangedLineItem] | None = None,
    subscriptions: list[ChangedSubscription] | None = None,
    invoices: list[ChangedInvoice] | None = None,
) -> ChangedResources:
    """The answer's list; what is empty is left out."""
    return ChangedResources.model_construct(line_items=lines, subscriptions=subscriptions, invoices=invoices)


def as_preview(done: ChangedResources) -> ChangedResources:
    """The same change as not yet done: ids that will not be, drafts without numbers, no ledger entries."""
    lines = [
        held if held.change_action == "updated" else held.model_copy(update={"id": f"(preview-{held.change_action})"})
        for held in done.line_items or ()
    ]
    subscriptions = [
        held.model_copy(update={"id": _SUBSCRIPTION_ID}) if held.action == "created" else held for held in done.subscriptions or ()
    ]
    return resources(lines, subscriptions, [_previewed(held) for held in done.invoices or ()])


def _previewed(held: ChangedInvoice) -> ChangedInvoice:
    if held.invoice is None:
        return ChangedInvoice.model_construct(id=_CREDIT_ID, action=held.action, status="preview", wallet_transaction=_unbooked(held))
    return ChangedInvoice.model_construct(id=_INVOICE_ID, action=held.action, status="preview", invoice=_draft(held.invoice))


def _unbooked(held: ChangedInvoice) -> WalletTransactionResponse | None:
    entry = held.wallet_transaction
    return (
        None if entry is None else entry.model_copy(update={"id": _CREDIT_ID, "wallet_id": "", "idempotency_key": "", "reference_id": ""})
    )


def _draft(shown: InvoiceResponse) -> InvoiceResponse:
    """Before taxes, as the reference previews it."""
    due = shown.subtotal
    return shown.model_copy(
        update={
            **dict.fromkeys(_STORED),
            "id": _INVOICE_ID,
            "subscription_customer_id": shown.customer_id,
            "invoice_status": "DRAFT",
            "payment_status": "PENDING",
            "amount_due": due,
            "amount_paid": shown.amount_paid * 0,
            "total": due,
            "amount_remaining": due,
            "total_tax": shown.total_tax * 0,
            "version": 1,
            "line_items": [_draft_line(held) for held in shown.line_items or ()],
        }
    )


def _draft_line(held: InvoiceLineItemResponse) -> InvoiceLineItemResponse:
    """Known oddity: a change of quantity goes by the plan's name here, by the line's own when it is done."""
    name = held.display_name or ""
    if held.plan_display_name and QUANTITY_CHANGE in name:
        name = held.plan_display_name + name[name.index(QUANTITY_CHANGE) :]
    gone = {"entity_type": None, "subscription_line_item_id": None}
    return held.model_copy(update={"id": _LINE_ID, "invoice_id": _INVOICE_ID, "display_name": name, **gone})
