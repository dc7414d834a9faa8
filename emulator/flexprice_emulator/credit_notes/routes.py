"""/creditnotes over HTTP."""

from flexprice_client.models.credit_notes import CreateCreditNoteRequest, CreditNoteFilter, CreditNoteResponse, ListCreditNotesResponse
from flexprice_emulator.credit_notes import effects, reads
from flexprice_emulator.credit_notes.create import create
from flexprice_emulator.wire.listing import expand_names
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Credit Notes", permission="creditnote:write")


@routes.post("/creditnotes", status=201)
def create_credit_note(ctx: Context, body: CreateCreditNoteRequest) -> CreditNoteResponse:
    return reads.response(ctx, create(ctx, body))


@routes.get("/creditnotes", hint=reads.LIST_HINT)
def list_credit_notes(ctx: Context, query: CreditNoteFilter) -> ListCreditNotesResponse:
    return reads.search(ctx, query)


@routes.get("/creditnotes/{id}")
def get_credit_note(ctx: Context, id: str) -> CreditNoteResponse:
    return reads.response(ctx, reads.get_row(ctx, id), expand_names(reads.LIST, ctx.query("expand")))


@routes.post("/creditnotes/{id}/finalize", body_optional=True)
def finalize_credit_note(ctx: Context, id: str) -> str:
    effects.finalize(ctx, reads.get_row(ctx, id))
    return "credit note finalized successfully"


@routes.post("/creditnotes/{id}/void", body_optional=True)
def void_credit_note(ctx: Context, id: str) -> str:
    effects.void(ctx, reads.get_row(ctx, id))
    return "credit note voided successfully"
