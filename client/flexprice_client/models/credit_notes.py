"""Credit notes on the wire."""

from typing import Annotated

from flexprice_client.models.base import OMIT_NONE, Dec, ListFilter, ListResponse, Metadata, Rule, Timestamp, WireModel, WireRequest
from flexprice_client.models.customers import CustomerResponse
from flexprice_client.models.invoices import InvoiceResponse
from flexprice_client.models.subscriptions import SubscriptionResponse


class CreateCreditNoteLineItemRequest(WireRequest):
    """`amount` is money of the invoice's line. Always give a `display_name`: without one the server fails (500)."""

    invoice_line_item_id: Annotated[str, Rule("required")]
    amount: Dec | None = None
    display_name: str = ""
    metadata: Metadata | None = None


class CreateCreditNoteRequest(WireRequest):
    """`process_credit_note` left out is false: the note stays a draft until it is finalized."""

    invoice_id: Annotated[str, Rule("required")]
    reason: Annotated[str, Rule("required")]
    credit_note_number: str = ""
    memo: str = ""
    line_items: Annotated[list[CreateCreditNoteLineItemRequest] | None, Rule("omitempty,dive")] = None
    metadata: Metadata | None = None
    idempotency_key: str | None = None
    process_credit_note: bool = False


class CreditNoteFilter(ListFilter):
    credit_note_ids: list[str] | None = None
    invoice_id: str | None = None
    credit_note_status: list[str] | None = None
    credit_note_type: str | None = None
    sort: str | None = None


class CreditNoteLineItem(WireModel):
    """A part of an invoice's line that is given back or struck off."""

    id: str
    credit_note_id: str
    invoice_line_item_id: str
    display_name: str = ""
    amount: Dec
    currency: str
    metadata: Metadata | None = None
    environment_id: str = ""
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""


class CreditNoteResponse(WireModel):
    """REFUND gives paid money back to a wallet; ADJUSTMENT lowers what is still due."""

    id: str
    credit_note_number: str
    invoice_id: str
    customer_id: str
    subscription_id: Annotated[str | None, OMIT_NONE] = None
    credit_note_status: str
    credit_note_type: str
    refund_status: str | None = None
    reason: str
    memo: str = ""
    currency: str
    metadata: Metadata | None = None
    line_items: list[CreditNoteLineItem] | None = None
    total_amount: Dec
    idempotency_key: str | None = None
    voided_at: Annotated[Timestamp | None, OMIT_NONE] = None
    finalized_at: Annotated[Timestamp | None, OMIT_NONE] = None
    environment_id: str = ""
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""
    invoice: Annotated[InvoiceResponse | None, OMIT_NONE] = None
    subscription: Annotated[SubscriptionResponse | None, OMIT_NONE] = None
    customer: Annotated[CustomerResponse | None, OMIT_NONE] = None


ListCreditNotesResponse = ListResponse[CreditNoteResponse]
