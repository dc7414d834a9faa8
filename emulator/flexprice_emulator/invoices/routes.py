"""/invoices over HTTP, and a customer's totals."""

from typing import Any

from flexprice_client.models.invoices import (
    ComputeInvoiceResponse,
    CreateInvoiceRequest,
    CustomerMultiCurrencyInvoiceSummary,
    GetPreviewInvoiceRequest,
    InvoiceFilter,
    InvoiceResponse,
    ListInvoicesResponse,
    UpdateInvoicePaymentRequest,
    UpdateInvoiceRequest,
    VoidInvoiceRequest,
)
from flexprice_emulator.invoices import reads
from flexprice_emulator.invoices.breakdown import add_breakdowns
from flexprice_emulator.invoices.compute import compute
from flexprice_emulator.invoices.drafts import get_row
from flexprice_emulator.invoices.edit import update_invoice
from flexprice_emulator.invoices.finalize import finalize
from flexprice_emulator.invoices.jobs import finalize_by_job, job_answer
from flexprice_emulator.invoices.one_off import create_one_off
from flexprice_emulator.invoices.payment_status import set_payment_status
from flexprice_emulator.invoices.pdf import invoice_pdf
from flexprice_emulator.invoices.preview import preview
from flexprice_emulator.invoices.raw_usage import RawEventUsage
from flexprice_emulator.invoices.recalculate import recalculate_draft, replace_invoice
from flexprice_emulator.invoices.summary import customer_summary
from flexprice_emulator.invoices.void import void
from flexprice_emulator.subscriptions.reads import get_row as get_subscription
from flexprice_emulator.wire.errors import NotFoundError, SystemFailure, ValidationError
from flexprice_emulator.wire.routing import Reply, Routes
from flexprice_emulator.workspace.context import Context

BODY_HINT = "failed to bind request body"
routes = Routes("Invoices", hint="invalid request", permission="invoice:write")


@routes.post("/invoices", status=201)
def create_invoice(ctx: Context, body: CreateInvoiceRequest) -> InvoiceResponse:
    return reads.bare(ctx, create_one_off(ctx, body))


@routes.get("/invoices", hint=reads.QUERY_HINT)
def list_invoices(ctx: Context, query: InvoiceFilter) -> ListInvoicesResponse:
    return reads.search(ctx, query)


@routes.search("/invoices/search", hint="invalid request body")
def search_invoices(ctx: Context, body: InvoiceFilter) -> ListInvoicesResponse:
    return reads.search(ctx, body, reads.SEARCH)


@routes.search("/invoices/preview", hint=BODY_HINT)
def preview_invoice(ctx: Context, body: GetPreviewInvoiceRequest) -> InvoiceResponse:
    return preview(ctx, _with_subscription(body))


@routes.search("/invoices/internal/preview", hint=BODY_HINT)
def preview_invoice_internally(ctx: Context, body: GetPreviewInvoiceRequest) -> InvoiceResponse:
    timezone = get_subscription(ctx, _with_subscription(body).subscription_id).timezone
    return preview(ctx, body, "internal_preview", RawEventUsage(ctx, timezone))


@routes.get("/invoices/{id}")
def get_invoice(ctx: Context, id: str) -> InvoiceResponse:
    found = reads.read(ctx, get_row(ctx, id))
    group_by = [key for text in ctx.query_all("group_by") for key in text.split(",") if key]
    add_breakdowns(ctx, found, group_by, by_source=ctx.query("expand_by_source") == "true")
    return found


@routes.put("/invoices/{id}")
def update(ctx: Context, id: str, body: UpdateInvoiceRequest) -> InvoiceResponse:
    try:
        invoice = get_row(ctx, id)
    except NotFoundError:
        raise NotFoundError(f"invoice not found: {id}", {"id": id}) from None
    update_invoice(ctx, invoice, body)
    return reads.bare(ctx, invoice)


@routes.post("/invoices/{id}/finalize")
def finalize_invoice(ctx: Context, id: str) -> str:
    finalize(ctx, get_row(ctx, id))
    return "invoice finalized successfully"


@routes.post("/invoices/temporal/{invoice_id}/finalize", status=202, body_optional=True)
def finalize_invoice_later(ctx: Context, invoice_id: str) -> dict[str, Any]:
    finalize_by_job(ctx, get_row(ctx, invoice_id))
    return job_answer(ctx, "FinalizeDraftInvoiceWorkflow", invoice_id, "finalize draft invoice workflow started")


@routes.post("/invoices/{id}/compute", body_optional=True)
def compute_invoice(ctx: Context, id: str) -> ComputeInvoiceResponse | Reply:
    invoice = get_row(ctx, id)
    skipped = compute(ctx, invoice)
    if ctx.query("sync") != "true":
        return Reply(job_answer(ctx, "ComputeInvoiceWorkflow", id, "compute invoice workflow started"), 202)
    return ComputeInvoiceResponse.model_construct(invoice=reads.read(ctx, invoice), skipped=skipped)


@routes.post("/invoices/{id}/recalculate", status=202, body_optional=True)
def recalculate_invoice(ctx: Context, id: str) -> dict[str, Any]:
    replace_invoice(ctx, id)
    return job_answer(ctx, "RecalculateInvoiceWorkflow", id, "recalculate invoice workflow started")


@routes.post("/invoices/{id}/recalculate-v2", body_optional=True)
def recalculate_invoice_v2(ctx: Context, id: str) -> InvoiceResponse:
    invoice = get_row(ctx, id)
    recalculate_draft(ctx, invoice, finalizes=ctx.query("finalize") != "false")
    return reads.read(ctx, invoice)


@routes.get("/invoices/{id}/pdf")
def get_invoice_pdf(ctx: Context, id: str) -> Reply:
    invoice = get_row(ctx, id)
    if ctx.query("url") != "true":
        return Reply(invoice_pdf(ctx, invoice), media_type="application/pdf")
    if not invoice.invoice_pdf_url:
        raise SystemFailure("s3 is not enabled but is required to generate invoice pdf url.")
    return Reply({"presigned_url": invoice.invoice_pdf_url})


@routes.post("/invoices/{id}/void", body_optional=True)
def void_invoice(ctx: Context, id: str, body: VoidInvoiceRequest) -> str:
    void(ctx, get_row(ctx, id), body.metadata)
    return "invoice voided successfully"


@routes.put("/invoices/{id}/payment", hint=BODY_HINT)
def update_payment_status(ctx: Context, id: str, body: UpdateInvoicePaymentRequest) -> InvoiceResponse:
    if not body.payment_status:
        raise ValidationError(BODY_HINT)
    invoice = get_row(ctx, id)
    set_payment_status(ctx, invoice, body)
    return reads.read(ctx, invoice)


@routes.post("/invoices/{id}/comms/trigger")
def trigger_communication(ctx: Context, id: str) -> str:
    invoice = get_row(ctx, id)
    ctx.emit("invoice.communication.triggered", invoice_id=invoice.id)
    return "communication triggered successfully"


@routes.post("/invoices/{id}/webhook/trigger")
def trigger_webhook(ctx: Context, id: str) -> dict[str, Any]:
    event_name = ctx.query("event_name")
    reads.refuse_unknown_event(event_name)
    ctx.emit(event_name, invoice_id=get_row(ctx, id).id)
    return {"event_name": event_name, "message": "webhook triggered successfully"}


@routes.get("/customers/{id}/invoices/summary", writes=True)
def get_customer_invoice_summary(ctx: Context, id: str) -> CustomerMultiCurrencyInvoiceSummary:
    return customer_summary(ctx, id)


def _with_subscription(body: GetPreviewInvoiceRequest) -> GetPreviewInvoiceRequest:
    if not body.subscription_id:
        raise ValidationError(BODY_HINT)
    return body
