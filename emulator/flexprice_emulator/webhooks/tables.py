"""Storage of endpoints and of what is sent to them. The events themselves are the outbox (workspace/storage.py)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from flexprice_emulator.workspace.storage import Entity, Json, Table


class WebhookEndpointRow(Entity, Table):
    """`style`: native or svix. `event_types` empty wants all; `secrets`: [{secret, until}], the present one first."""

    __tablename__ = "webhook_endpoints"

    url: Mapped[str]
    style: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    enabled: Mapped[bool] = mapped_column(default=True)
    event_types: Mapped[list[str]]
    excluded_events: Mapped[list[str]]
    headers: Mapped[dict[str, str]]
    secrets: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    timeout_seconds: Mapped[int]


class WebhookDeliveryRow(Table):
    """One event on its way to one endpoint.

    `state`: waiting, held (paused), delivered, collected, failed, cancelled. `tries` counts since it was last sent anew;
    `attempts`: [{at, duration_ms, status, error, response}]. `body` is the text sent last.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (Index("webhook_deliveries_state", "state", "created_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(index=True)
    event_name: Mapped[str]
    endpoint_id: Mapped[str] = mapped_column(index=True)
    state: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    body: Mapped[str | None]
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
