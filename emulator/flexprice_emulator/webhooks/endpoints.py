"""The receivers of a workspace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select

from flexprice_client.models.base import parse_time, time_text
from flexprice_emulator.webhooks.endpoint_request import EndpointChanges, EndpointRequest
from flexprice_emulator.webhooks.signing import PREFIX, SECRET_ALPHABET, SECRET_LENGTH
from flexprice_emulator.webhooks.tables import WebhookEndpointRow
from flexprice_emulator.wire.errors import NotFoundError
from flexprice_emulator.workspace.context import Context

_CACHE: Final = "webhooks.endpoints"
# How long a replaced secret still signs, as Svix does it.
OVERLAP: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Subscriber:
    """An enabled endpoint and its filters."""

    endpoint_id: str
    event_types: frozenset[str]
    excluded_events: frozenset[str]

    def wants(self, event_name: str) -> bool:
        return (not self.event_types or event_name in self.event_types) and event_name not in self.excluded_events


def subscribers(ctx: Context) -> tuple[Subscriber, ...]:
    """The enabled endpoints, oldest first. Kept between requests, for every event asks."""
    found: tuple[Subscriber, ...] | None = ctx.workspace.caches.get(_CACHE)
    if found is None:
        rows = (row for row in listed(ctx) if row.enabled)
        found = tuple(Subscriber(row.id, frozenset(row.event_types), frozenset(row.excluded_events)) for row in rows)
        ctx.workspace.caches[_CACHE] = found
    return found


def listed(ctx: Context) -> Sequence[WebhookEndpointRow]:
    """All endpoints, oldest first."""
    query = select(WebhookEndpointRow).where(WebhookEndpointRow.status == "published")
    return ctx.session.scalars(query.order_by(WebhookEndpointRow.created_at, WebhookEndpointRow.id)).all()


def find(ctx: Context, endpoint_id: str) -> WebhookEndpointRow | None:
    """An endpoint that is not removed."""
    row = ctx.session.get(WebhookEndpointRow, endpoint_id)
    return row if row is not None and row.status == "published" else None


def get(ctx: Context, endpoint_id: str) -> WebhookEndpointRow:
    """As `find`. Raises NotFoundError."""
    row = find(ctx, endpoint_id)
    if row is None:
        raise NotFoundError(f"no webhook endpoint {endpoint_id}")
    return row


def create(ctx: Context, request: EndpointRequest, endpoint_id: str = "") -> WebhookEndpointRow:
    """A new endpoint; events from now on go to it."""
    secret = request.secret or _new_secret(ctx)
    values = request.model_dump(exclude={"secret"})
    row = WebhookEndpointRow(id=endpoint_id or ctx.new_id("whep"), secrets=[{"secret": secret, "until": None}], **values, **ctx.stamp())
    return _changed(ctx, ctx.add(row))


def change(ctx: Context, endpoint_id: str, changes: EndpointChanges) -> WebhookEndpointRow:
    """What is given changes. Raises NotFoundError."""
    row = get(ctx, endpoint_id)
    for name, value in changes.model_dump(exclude_none=True).items():
        setattr(row, name, value)
    return _changed(ctx, row)


def remove(ctx: Context, endpoint_id: str) -> WebhookEndpointRow:
    """Nothing is sent to it any more; what was stays in the log. Raises NotFoundError."""
    row = get(ctx, endpoint_id)
    row.status = "deleted"
    return _changed(ctx, row)


def rotate_secret(ctx: Context, endpoint_id: str) -> WebhookEndpointRow:
    """A new secret; the old ones sign beside it for OVERLAP. Raises NotFoundError."""
    row = get(ctx, endpoint_id)
    old = [{**held, "until": held["until"] or time_text(ctx.now + OVERLAP)} for held in row.secrets if _is_valid(held, ctx)]
    row.secrets = [{"secret": _new_secret(ctx), "until": None}, *old]
    return _changed(ctx, row)


def signing_secrets(ctx: Context, row: WebhookEndpointRow) -> list[str]:
    """The secrets that sign now, the present one first."""
    return [held["secret"] for held in row.secrets if _is_valid(held, ctx)]


def _is_valid(held: dict[str, Any], ctx: Context) -> bool:
    return held["until"] is None or parse_time(held["until"]) > ctx.now


def _new_secret(ctx: Context) -> str:
    return PREFIX + ctx.workspace.ids.token(SECRET_LENGTH, SECRET_ALPHABET)


def _changed(ctx: Context, row: WebhookEndpointRow) -> WebhookEndpointRow:
    ctx.touch(row)
    ctx.session.flush()
    ctx.workspace.caches.pop(_CACHE, None)
    return row
