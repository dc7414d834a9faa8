"""/_emulator/payments/pages and /inbound: the provider's pages acted on by a test, and what providers have sent."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar

from fastapi import HTTPException, Query, Request
from pydantic import BaseModel, ConfigDict

from flexprice_client.models.base import time_text
from flexprice_emulator.control.held import Held, Server
from flexprice_emulator.wire.errors import EmulatorError
from flexprice_emulator.workspace.context import Context, Principal
from flexprice_emulator.workspace.workspace import Workspace

T = TypeVar("T")


class Page(BaseModel):
    """A link, a checkout or setup session, or a hosted invoice. `state`: open, paid, closed, expired. `url` is for a browser."""

    id: str
    provider: str
    purpose: str
    state: str
    url: str
    customer_id: str
    payment_id: str | None
    invoice_id: str | None
    amount: str
    currency: str
    last_decline: str | None
    created_at: str


class Pages(BaseModel):
    """The newest hundred."""

    environment_id: str
    pages: list[Page]


class PageAction(BaseModel):
    """`deliver: false` keeps the provider's event back: bring it yourself, later, twice, or after another one."""

    model_config = ConfigDict(extra="forbid")

    action: Literal["pay", "decline", "expire"]
    decline_code: str = ""
    deliver: bool = True


class Event(BaseModel):
    """The provider's request, signed: POST `body` with `headers` to `path`."""

    provider: str
    name: str
    path: str
    headers: dict[str, str]
    body: str


class Inbound(BaseModel):
    """A request that a provider made, and what came of it. `result`: processed, ignored, refused, failed."""

    id: str
    provider: str
    url: str
    event_name: str
    result: str
    reason: str
    headers: dict[str, str]
    body: str
    created_at: str


class PageResult(BaseModel):
    """`event` is null where the provider sends none, `inbound` where it was kept back."""

    page: Page
    event: Event | None
    inbound: Inbound | None


class InboundList(BaseModel):
    """Newest first."""

    environment_id: str
    items: list[Inbound]


def list_pages(
    workspace: Held,
    server: Server,
    request: Request,
    payment_id: Annotated[str, Query()] = "",
    customer_id: Annotated[str, Query()] = "",
    state: Annotated[str, Query()] = "",
) -> Pages:
    """The provider's pages, newest first."""

    def act(ctx: Context) -> Pages:
        from flexprice_emulator.payments.provider import pages

        found = pages.pages(ctx, payment_id=payment_id, customer_id=customer_id, state=state)
        return Pages(environment_id=ctx.environment_id, pages=[_page(ctx, row) for row in found])

    return inside(workspace, server, request, act)


def read_page(page_id: str, workspace: Held, server: Server, request: Request) -> Page:
    """One page."""

    def act(ctx: Context) -> Page:
        from flexprice_emulator.payments.provider import pages

        return _page(ctx, pages.get_page(ctx, page_id))

    return inside(workspace, server, request, act)


def act_at_page(page_id: str, action: PageAction, workspace: Held, server: Server, request: Request) -> PageResult:
    """Do what a person would: pay or save a card, be declined, let the page run out. The provider then sends its event."""

    def act(ctx: Context) -> PageResult:
        from flexprice_emulator.payments.provider import actions, pages

        page = pages.get_page(ctx, page_id)
        done = actions.act(ctx, page, action.action, action.decline_code, deliver=action.deliver)
        sent = done.event
        event = sent and Event(provider=sent.provider, name=sent.name, path=sent.path, headers=sent.headers, body=sent.body.decode())
        return PageResult(page=_page(ctx, page), event=event, inbound=done.received and _inbound(done.received.row))

    return inside(workspace, server, request, act)


def list_inbound(workspace: Held, server: Server, request: Request, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> InboundList:
    """What providers sent, newest first, refused requests too."""

    def act(ctx: Context) -> InboundList:
        from sqlalchemy import select

        from flexprice_emulator.payments.tables import IncomingWebhookRow as Row

        rows = ctx.session.scalars(select(Row).order_by(Row.created_at.desc(), Row.id.desc()).limit(limit))
        return InboundList(environment_id=ctx.environment_id, items=[_inbound(row) for row in rows])

    return inside(workspace, server, request, act)


def repeat_inbound(inbound_id: str, workspace: Held, server: Server, request: Request) -> Inbound:
    """Have the same request arrive once more, as providers do that saw no answer."""

    def act(ctx: Context) -> Inbound:
        from flexprice_emulator.payments.inbound.receive import receive
        from flexprice_emulator.payments.tables import IncomingWebhookRow

        row = ctx.session.get(IncomingWebhookRow, inbound_id)
        if row is None:
            raise HTTPException(404, f"no inbound webhook {inbound_id}")
        again = receive(ctx, row.provider, row.url, row.headers, row.body.encode(), from_stand_in=True)
        return _inbound(again.row)

    return inside(workspace, server, request, act)


def inside(workspace: Workspace, server: Any, request: Request, act: Callable[[Context], T]) -> T:
    """Do something in a workspace's transaction; addresses are made as the request reached this server."""
    principal = Principal(tenant_id=workspace.tenant_id) if workspace.tenant_id else Principal()
    headers = {name: request.headers[name] for name in ("host", "x-forwarded-proto") if name in request.headers}
    try:
        with workspace.transaction() as session:
            return act(Context(workspace, session, workspace.clock.now(), principal, headers=headers, server=server))
    except EmulatorError as error:
        raise HTTPException(error.status, dict(error.body or {}).get("message")) from None


def _page(ctx: Context, row: Any) -> Page:
    from flexprice_emulator.payments.provider.pages import page_url
    from flexprice_emulator.rating.decimals import to_text

    return Page(
        id=row.id,
        provider=row.provider,
        purpose=row.purpose,
        state=row.state,
        url=page_url(ctx, row),
        customer_id=row.customer_id,
        payment_id=row.payment_id or None,
        invoice_id=row.invoice_id or None,
        amount=to_text(row.amount),
        currency=row.currency,
        last_decline=row.last_decline or None,
        created_at=time_text(row.created_at),
    )


def _inbound(row: Any) -> Inbound:
    names = ("id", "provider", "url", "event_name", "result", "reason", "headers", "body")
    return Inbound(**{name: getattr(row, name) for name in names}, created_at=time_text(row.created_at))
