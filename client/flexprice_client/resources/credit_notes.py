"""Credit notes: money of an invoice given back, or struck off."""

from flexprice_client.models.base import SuccessResponse
from flexprice_client.models.credit_notes import CreateCreditNoteRequest, CreditNoteFilter, CreditNoteResponse, ListCreditNotesResponse
from flexprice_client.resources.calls import Fields, fetch, post, with_page
from flexprice_client.resources.operation import AsyncResource, Call, SyncResource, operation, paged
from flexprice_client.resources.paging import Page


class CreditNotesOperations:
    @operation
    def create(self, request: CreateCreditNoteRequest | Fields) -> Call[CreditNoteResponse]:
        """A draft, or with `process_credit_note` a note that counts at once: a refund to a wallet where the invoice is paid."""
        return post("/creditnotes", CreditNoteResponse, request)

    @operation
    def get(self, credit_note_id: str, query: Fields | None = None) -> Call[CreditNoteResponse]:
        return fetch("/creditnotes/{id}", CreditNoteResponse, query, id=credit_note_id)

    @operation
    def finalize(self, credit_note_id: str) -> Call[SuccessResponse]:
        """Make a draft count."""
        return post("/creditnotes/{id}/finalize", SuccessResponse, {}, id=credit_note_id)

    @operation
    def void(self, credit_note_id: str) -> Call[SuccessResponse]:
        """Take back a draft or an adjustment; a refund that was made stays."""
        return post("/creditnotes/{id}/void", SuccessResponse, {}, id=credit_note_id)

    @operation
    def list(self, query: CreditNoteFilter | Fields | None = None) -> Call[ListCreditNotesResponse]:
        return fetch("/creditnotes", ListCreditNotesResponse, query)

    @paged
    def iter_all(self, page: Page, query: CreditNoteFilter | Fields | None = None) -> Call[ListCreditNotesResponse]:
        """Every credit note the filter finds."""
        return fetch("/creditnotes", ListCreditNotesResponse, with_page(query, page))


class CreditNotes(CreditNotesOperations, SyncResource):
    """Blocking operations on credit notes."""


class AsyncCreditNotes(CreditNotesOperations, AsyncResource):
    """Awaiting operations on credit notes."""
