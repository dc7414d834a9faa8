"""/_emulator/explain: each line of an invoice down to the events that made it."""

from collections.abc import Callable
from typing import Any

from fastapi import HTTPException
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

from flexprice_emulator.control.held import Held, Moment, Server
from flexprice_emulator.wire.errors import EmulatorError
from flexprice_emulator.wire.json_text import to_json
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.workspace import Workspace


class PreviewRequest(BaseModel):
    """Which preview to explain; the period defaults to the current one."""

    model_config = ConfigDict(extra="forbid")

    subscription_id: str
    period_start: Moment | None = None
    period_end: Moment | None = None


def explain_preview(request: PreviewRequest, workspace: Held, server: Server) -> Response:
    """The next invoice of a subscription with its derivation."""
    # Imported when asked for: the server is to listen before it knows what an invoice is.
    from flexprice_client.models.invoices import GetPreviewInvoiceRequest
    from flexprice_emulator.explain.invoices import explain_preview as explain

    wanted = GetPreviewInvoiceRequest(**request.model_dump(exclude_none=True))
    return answer(workspace, server, lambda ctx: explain(ctx, wanted), f"subscription {request.subscription_id}")


def explain_invoice(invoice_id: str, workspace: Held, server: Server) -> Response:
    """A stored invoice, by its id or number, with its derivation."""
    from flexprice_emulator.explain.invoices import explain_invoice as explain

    return answer(workspace, server, lambda ctx: explain(ctx, invoice_id), f"invoice {invoice_id}")


def answer(workspace: Workspace, server: Any, act: Callable[[Context], Any], about: str = "") -> Response:
    """The JSON of what `act` finds; errors of the API as plain ones, which name what they are `about`. Nothing is stored."""
    try:
        with workspace.transaction() as session:
            body = act(Context(workspace, session, workspace.clock.now(), server=server))
            # Nothing is kept: ids made on the way are not used up.
            session.rollback()
    except EmulatorError as error:
        said = str(dict(error.body or {}).get("message"))
        raise HTTPException(error.status, said if about in said else f"{about}: {said}") from None
    return Response(to_json(body), media_type="application/json")
