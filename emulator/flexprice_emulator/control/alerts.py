"""/_emulator/alerts: looking at what usage does to alerts, which the real service does some minutes after usage."""

from typing import Any

from fastapi import HTTPException
from pydantic import BaseModel, ConfigDict

from flexprice_emulator.control.held import Held, Server
from flexprice_emulator.wire.errors import EmulatorError
from flexprice_emulator.workspace.context import Context, Principal


class EvaluateAlerts(BaseModel):
    """Whose alerts; everybody's by default."""

    model_config = ConfigDict(extra="forbid")

    customer_id: str = ""


class EvaluatedAlerts(BaseModel):
    """`logged` holds the changes of state, as `POST /v1/alerts/search` lists them."""

    environment_id: str
    logged: list[dict[str, Any]]


def evaluate(workspace: Held, server: Server, request: EvaluateAlerts | None = None) -> EvaluatedAlerts:
    """Evaluate balances, auto top-ups and spending now."""
    from flexprice_client.models.alert_logs import AlertLogResponse
    from flexprice_emulator.alerts.usage_job import evaluate_usage
    from flexprice_emulator.wire.present import present

    principal = Principal(tenant_id=workspace.tenant_id) if workspace.tenant_id else Principal()
    try:
        with workspace.transaction() as session:
            ctx = Context(workspace, session, workspace.clock.now(), principal, server=server)
            rows = evaluate_usage(ctx, request.customer_id if request else "")
            logged = [present(ctx, AlertLogResponse, row).to_wire() for row in rows]
    except EmulatorError as error:
        raise HTTPException(error.status, dict(error.body or {}).get("message")) from None
    return EvaluatedAlerts(environment_id=workspace.environment_id, logged=logged)
