"""/payments over HTTP."""

from flexprice_client.models.payments import (
    CreatePaymentRequest,
    ListPaymentsResponse,
    PaymentFilter,
    PaymentResponse,
    UpdatePaymentRequest,
)
from flexprice_emulator.payments import changes, reads
from flexprice_emulator.payments.create import create
from flexprice_emulator.payments.processing import process
from flexprice_emulator.payments.tables import PaymentRow
from flexprice_emulator.wire.errors import ApiError
from flexprice_emulator.wire.routing import Reply, Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Payments", permission="payment:write")


@routes.post("/payments", status=201)
def create_payment(ctx: Context, body: CreatePaymentRequest) -> PaymentResponse | Reply:
    made = create(ctx, body)
    return _answer(ctx, made.payment, made.error)


@routes.get("/payments", hint=reads.LIST_HINT)
def list_payments(ctx: Context, query: PaymentFilter) -> ListPaymentsResponse:
    return reads.search(ctx, query)


@routes.get("/payments/{id}")
def get_payment(ctx: Context, id: str) -> PaymentResponse:
    return reads.read(ctx, reads.get_row(ctx, id))


@routes.put("/payments/{id}")
def update_payment(ctx: Context, id: str, body: UpdatePaymentRequest) -> PaymentResponse:
    payment = reads.get_row(ctx, id)
    changes.update(ctx, payment, body)
    return reads.bare(ctx, payment)


@routes.delete("/payments/{id}")
def delete_payment(ctx: Context, id: str) -> str:
    changes.archive(ctx, reads.get_row(ctx, id))
    return "payment deleted successfully"


@routes.post("/payments/{id}/process")
def process_payment(ctx: Context, id: str) -> PaymentResponse | Reply:
    payment = reads.get_row(ctx, id)
    return _answer(ctx, payment, process(ctx, payment))


def _answer(ctx: Context, payment: PaymentRow, error: ApiError | None) -> PaymentResponse | Reply:
    # A Reply and not an exception: what failed is kept.
    return reads.bare(ctx, payment) if error is None else Reply(error.body, error.status)
