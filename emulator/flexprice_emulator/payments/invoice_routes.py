"""Paying invoices, under /invoices."""

from flexprice_emulator.invoices.drafts import get_row
from flexprice_emulator.payments.collection import attempt
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Invoices", hint="invalid request", permission="invoice:write")


@routes.post("/invoices/{id}/payment/attempt", body_optional=True)
def attempt_payment(ctx: Context, id: str) -> str:
    attempt(ctx, get_row(ctx, id))
    return "payment processed successfully"
