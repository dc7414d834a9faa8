"""What was sent, what would be, and what became of it, as the control plane shows it. Secrets show nowhere but where they are asked for."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import func, select

from flexprice_client.models.base import time_text
from flexprice_emulator.webhooks.payloads import NoPayload, build
from flexprice_emulator.webhooks.tables import WebhookDeliveryRow, WebhookEndpointRow
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.storage import OutboxRow

MASK = "***"


def event_view(ctx: Context, event: OutboxRow) -> dict[str, Any]:
    """An event with the body it has now; `body` is null where it cannot be built, and `error` says why."""
    body: dict[str, Any] | None = None
    error = ""
    try:
        body = build(ctx, event.event_name, event.subject).to_wire()
    except NoPayload as missing:
        error = str(missing)
    return {
        "id": event.id,
        "event_name": event.event_name,
        "created_at": time_text(event.created_at),
        "subject": event.subject,
        "body": body,
        "error": error,
    }


def deliveries(
    ctx: Context, *, event_id: str | None, endpoint_id: str | None, state: str | None, since: int, limit: int
) -> tuple[Sequence[WebhookDeliveryRow], int]:
    """(deliveries after the first `since`, oldest first; how many there are in all)."""
    wanted = {"event_id": event_id, "endpoint_id": endpoint_id, "state": state}
    clauses = [getattr(WebhookDeliveryRow, name) == value for name, value in wanted.items() if value]
    query = select(WebhookDeliveryRow).where(*clauses).order_by(WebhookDeliveryRow.created_at, WebhookDeliveryRow.id)
    total = ctx.session.scalar(select(func.count()).select_from(WebhookDeliveryRow).where(*clauses))
    return ctx.session.scalars(query.offset(since).limit(limit)).all(), total or 0


def delivery_view(row: WebhookDeliveryRow) -> dict[str, Any]:
    """A delivery with its tries and the body it was last sent (null before the first)."""
    return {
        "id": row.id,
        "event_id": row.event_id,
        "event_name": row.event_name,
        "endpoint_id": row.endpoint_id,
        "state": row.state,
        "created_at": time_text(row.created_at),
        "next_attempt_at": time_text(row.next_attempt_at) if row.next_attempt_at else None,
        "finished_at": time_text(row.finished_at) if row.finished_at else None,
        "attempts": row.attempts,
        "body": None if row.body is None else json.loads(row.body),
    }


def endpoint_view(row: WebhookEndpointRow) -> dict[str, Any]:
    """An endpoint. The values of its headers and of its URL's query are masked; the secret has a call of its own."""
    return {
        "id": row.id,
        "url": _masked(row.url),
        "style": row.style,
        "description": row.description,
        "enabled": row.enabled,
        "event_types": row.event_types,
        "excluded_events": row.excluded_events,
        "headers": dict.fromkeys(sorted(row.headers), MASK),
        "timeout_seconds": row.timeout_seconds,
        "created_at": time_text(row.created_at),
        "updated_at": time_text(row.updated_at),
    }


def _masked(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=MASK)) if parts.query else url
