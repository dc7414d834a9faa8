"""/_emulator/webhooks: endpoints, events, the log of deliveries, and what becomes of them."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar

from fastapi import HTTPException, Query
from pydantic import BaseModel, ConfigDict

from flexprice_emulator.control.held import Held, Server
from flexprice_emulator.webhooks.endpoint_request import EndpointChanges, EndpointRequest, EventName
from flexprice_emulator.wire.errors import EmulatorError
from flexprice_emulator.workspace.context import Context, Principal
from flexprice_emulator.workspace.workspace import Workspace

T = TypeVar("T")
Since = Annotated[int, Query(ge=0, le=10**12)]
Limit = Annotated[int, Query(ge=1, le=1000)]


class AttemptView(BaseModel):
    """A try. `at` is the workspace's time; `status` is null when no answer came; `response` is its first 2,000 characters."""

    at: str
    duration_ms: int
    status: int | None
    error: str
    response: str


class DeliveryView(BaseModel):
    """An event on its way to an endpoint; `body` is what was sent last."""

    id: str
    event_id: str
    event_name: str
    endpoint_id: str
    state: Literal["waiting", "held", "delivered", "collected", "failed", "cancelled"]
    created_at: str
    next_attempt_at: str | None
    finished_at: str | None
    attempts: list[AttemptView]
    body: dict[str, Any] | None


class DeliveryList(BaseModel):
    items: list[DeliveryView]
    total: int


class EventView(BaseModel):
    """An event and the body it has now; null, with a reason, when what it is about is gone."""

    id: str
    event_name: str
    created_at: str
    subject: dict[str, Any]
    body: dict[str, Any] | None
    error: str


class EventList(BaseModel):
    items: list[EventView]
    total: int


class EndpointView(BaseModel):
    """A receiver; values of headers and of the URL's query are masked."""

    id: str
    url: str
    style: Literal["native", "svix"]
    description: str
    enabled: bool
    event_types: list[str]
    excluded_events: list[str]
    headers: dict[str, str]
    timeout_seconds: int
    created_at: str
    updated_at: str


class EndpointList(BaseModel):
    items: list[EndpointView]


class NewEndpoint(EndpointView):
    """With its signing secret, which only this answer and /secret show."""

    secret: str


class SecretView(BaseModel):
    """The secrets that sign now, the present one first."""

    secrets: list[str]


class ModeView(BaseModel):
    """deliver: sent. collect: bodies are kept in the log and nothing leaves. pause: deliveries wait."""

    model_config = ConfigDict(extra="forbid")

    mode: Literal["deliver", "collect", "pause"]


def list_endpoints(workspace: Held, server: Server) -> EndpointList:
    """All receivers of the workspace."""
    return _in(workspace, server, _endpoints)


def create_endpoint(request: EndpointRequest, workspace: Held, server: Server) -> NewEndpoint:
    """Send events there from now on. Answers the signing secret."""

    def act(ctx: Context) -> NewEndpoint:
        from flexprice_emulator.webhooks import endpoints, log

        row = endpoints.create(ctx, request)
        return NewEndpoint(**log.endpoint_view(row), secret=endpoints.signing_secrets(ctx, row)[0])

    return _in(workspace, server, act)


def change_endpoint(endpoint_id: str, changes: EndpointChanges, workspace: Held, server: Server) -> EndpointView:
    """Change what is given."""

    def act(ctx: Context) -> EndpointView:
        from flexprice_emulator.webhooks import endpoints, log

        return EndpointView(**log.endpoint_view(endpoints.change(ctx, endpoint_id, changes)))

    return _in(workspace, server, act)


def remove_endpoint(endpoint_id: str, workspace: Held, server: Server) -> EndpointList:
    """Send nothing there any more. Answers those that are left."""

    def act(ctx: Context) -> EndpointList:
        from flexprice_emulator.webhooks import endpoints

        endpoints.remove(ctx, endpoint_id)
        return _endpoints(ctx)

    return _in(workspace, server, act)


def read_secret(endpoint_id: str, workspace: Held, server: Server) -> SecretView:
    """The signing secrets."""

    def act(ctx: Context) -> SecretView:
        from flexprice_emulator.webhooks import endpoints

        return SecretView(secrets=endpoints.signing_secrets(ctx, endpoints.get(ctx, endpoint_id)))

    return _in(workspace, server, act)


def rotate_secret(endpoint_id: str, workspace: Held, server: Server) -> SecretView:
    """A new secret; the old one signs beside it for 24 hours."""

    def act(ctx: Context) -> SecretView:
        from flexprice_emulator.webhooks import endpoints

        return SecretView(secrets=endpoints.signing_secrets(ctx, endpoints.rotate_secret(ctx, endpoint_id)))

    return _in(workspace, server, act)


def list_events(workspace: Held, server: Server, event_name: EventName | None = None, since: Since = 0, limit: Limit = 100) -> EventList:
    """What happened, oldest first, whether anybody was told or not; after the first `since` of them."""

    def act(ctx: Context) -> EventList:
        from flexprice_emulator.webhooks import log, outbox

        rows, total = outbox.listed(ctx, event_name, since, limit)
        return EventList(items=[EventView(**log.event_view(ctx, row)) for row in rows], total=total)

    return _in(workspace, server, act)


def read_event(event_id: str, workspace: Held, server: Server) -> EventView:
    """One event."""

    def act(ctx: Context) -> EventView:
        from flexprice_emulator.webhooks import log, outbox

        return EventView(**log.event_view(ctx, outbox.get(ctx, event_id)))

    return _in(workspace, server, act)


def list_deliveries(
    workspace: Held,
    server: Server,
    event_id: str | None = None,
    endpoint_id: str | None = None,
    state: Literal["waiting", "held", "delivered", "collected", "failed", "cancelled"] | None = None,
    since: Since = 0,
    limit: Limit = 100,
) -> DeliveryList:
    """The log, oldest first; after the first `since` of them."""

    def act(ctx: Context) -> DeliveryList:
        from flexprice_emulator.webhooks import log

        rows, total = log.deliveries(ctx, event_id=event_id, endpoint_id=endpoint_id, state=state, since=since, limit=limit)
        return DeliveryList(items=[DeliveryView(**log.delivery_view(row)) for row in rows], total=total)

    return _in(workspace, server, act)


def read_delivery(delivery_id: str, workspace: Held, server: Server) -> DeliveryView:
    """One delivery."""
    return _in(workspace, server, lambda ctx: _delivery(ctx, delivery_id))


def resend(delivery_id: str, workspace: Held, server: Server) -> DeliveryView:
    """Send it again, at once where the server runs and else with the next settle."""

    def act(ctx: Context) -> DeliveryView:
        from flexprice_emulator.webhooks import deliveries

        deliveries.resend(ctx, deliveries.get(ctx, delivery_id))
        return _delivery(ctx, delivery_id)

    return _in(workspace, server, act)


def cancel(delivery_id: str, workspace: Held, server: Server) -> DeliveryView:
    """Do not send what still waits."""

    def act(ctx: Context) -> DeliveryView:
        from flexprice_emulator.webhooks import deliveries

        deliveries.cancel(ctx, deliveries.get(ctx, delivery_id))
        return _delivery(ctx, delivery_id)

    return _in(workspace, server, act)


def read_mode(workspace: Held, server: Server) -> ModeView:
    """What becomes of deliveries."""
    return _in(workspace, server, _mode)


def set_mode(request: ModeView, workspace: Held, server: Server) -> ModeView:
    """Set it. What a pause held back goes on its way when it ends."""

    def act(ctx: Context) -> ModeView:
        from flexprice_emulator.webhooks import deliveries

        deliveries.set_mode(ctx, request.mode)
        return _mode(ctx)

    return _in(workspace, server, act)


def _endpoints(ctx: Context) -> EndpointList:
    from flexprice_emulator.webhooks import endpoints, log

    return EndpointList(items=[EndpointView(**log.endpoint_view(row)) for row in endpoints.listed(ctx)])


def _delivery(ctx: Context, delivery_id: str) -> DeliveryView:
    from flexprice_emulator.webhooks import deliveries, log

    return DeliveryView(**log.delivery_view(deliveries.get(ctx, delivery_id)))


def _mode(ctx: Context) -> ModeView:
    from flexprice_emulator.webhooks.mode import mode

    return ModeView(mode=mode(ctx))


def _in(workspace: Workspace, server: Any, act: Callable[[Context], T]) -> T:
    principal = Principal(tenant_id=workspace.tenant_id) if workspace.tenant_id else Principal()
    try:
        with workspace.transaction() as session:
            return act(Context(workspace, session, workspace.clock.now(), principal, server=server))
    except EmulatorError as error:
        raise HTTPException(error.status, dict(error.body or {}).get("message")) from None
