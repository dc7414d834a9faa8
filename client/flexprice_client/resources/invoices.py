"""Invoices: preview, reading, one-off invoices and their way to payment."""

from flexprice_client.models.base import SuccessResponse
from flexprice_client.models.environments import WorkflowResult
from flexprice_client.models.invoices import (
    CreateInvoiceRequest,
    GetPreviewInvoiceRequest,
    InvoiceFilter,
    InvoiceResponse,
    ListInvoicesResponse,
    UpdateInvoicePaymentRequest,
    UpdateInvoiceRequest,
    VoidInvoiceRequest,
)
from flexprice_client.resources.calls import Fields, fetch, fetch_bytes, post, put, with_page
from flexprice_client.resources.operation import AsyncResource, Call, SyncResource, operation, paged
from flexprice_client.resources.paging import Page


class InvoicesOperations:
    @operation
    def create(self, request: CreateInvoiceRequest | Fields) -> Call[InvoiceResponse]:
        """A one-off invoice. With an `idempotency_key` a repeat answers the same draft, or AlreadyExistsError once it is final."""
        return post("/invoices", InvoiceResponse, request)

    @operation
    def preview(self, request: GetPreviewInvoiceRequest | Fields) -> Call[InvoiceResponse]:
        """What the subscription's next invoice would be; nothing is stored."""
        return post("/invoices/preview", InvoiceResponse, request)

    @operation
    def get(self, invoice_id: str, query: Fields | None = None) -> Call[InvoiceResponse]:
        return fetch("/invoices/{id}", InvoiceResponse, query, id=invoice_id)

    @operation
    def update(self, invoice_id: str, request: UpdateInvoiceRequest | Fields) -> Call[InvoiceResponse]:
        return put("/invoices/{id}", InvoiceResponse, request, id=invoice_id)

    @operation
    def list(self, query: Fields | None = None) -> Call[ListInvoicesResponse]:
        return fetch("/invoices", ListInvoicesResponse, query)

    @operation
    def search(self, filter: InvoiceFilter | Fields | None = None) -> Call[ListInvoicesResponse]:
        return post("/invoices/search", ListInvoicesResponse, filter or {})

    @paged
    def iter_all(self, page: Page, filter: InvoiceFilter | Fields | None = None) -> Call[ListInvoicesResponse]:
        return post("/invoices/search", ListInvoicesResponse, with_page(filter, page))

    @operation
    def finalize(self, invoice_id: str) -> Call[SuccessResponse]:
        """Give a draft its number and make it due."""
        return post("/invoices/{id}/finalize", SuccessResponse, {}, id=invoice_id)

    @operation
    def void(self, invoice_id: str, request: VoidInvoiceRequest | Fields | None = None) -> Call[SuccessResponse]:
        return post("/invoices/{id}/void", SuccessResponse, request or {}, id=invoice_id)

    @operation
    def update_payment(self, invoice_id: str, request: UpdateInvoicePaymentRequest | Fields) -> Call[InvoiceResponse]:
        """Set the payment status, and optionally an amount, by hand."""
        return put("/invoices/{id}/payment", InvoiceResponse, request, id=invoice_id)

    @operation
    def attempt_payment(self, invoice_id: str) -> Call[SuccessResponse]:
        """Try to collect from wallets and gateway."""
        return post("/invoices/{id}/payment/attempt", SuccessResponse, {}, id=invoice_id)

    @operation
    def recalculate(self, invoice_id: str) -> Call[WorkflowResult]:
        """Recalculate in the background."""
        return post("/invoices/{id}/recalculate", WorkflowResult, {}, id=invoice_id)

    @operation
    def recalculate_v2(self, invoice_id: str) -> Call[InvoiceResponse]:
        """Recalculate a draft at once."""
        return post("/invoices/{id}/recalculate-v2", InvoiceResponse, {}, id=invoice_id)

    @operation
    def pdf(self, invoice_id: str) -> Call[bytes]:
        """The document itself."""
        return fetch_bytes("/invoices/{id}/pdf", id=invoice_id)


class Invoices(InvoicesOperations, SyncResource):
    """Blocking operations on invoices."""


class AsyncInvoices(InvoicesOperations, AsyncResource):
    """Awaiting operations on invoices."""
