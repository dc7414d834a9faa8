"""A receiver for every workspace of a server that is about to start."""

from pydantic import ValidationError

from flexprice_emulator.webhooks import endpoints
from flexprice_emulator.webhooks.endpoint_request import EndpointRequest
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.registry import SANDBOX_ID, Registry
from flexprice_emulator.workspace.workspace import Workspace


class BadEndpoint(Exception):
    """A URL that is no receiver, and why, in one line."""


def seed(registry: Registry, urls: tuple[str, ...]) -> None:
    """Add endpoints to what new workspaces are copied from, and to the sandbox if it is kept from an earlier run. Raises BadEndpoint."""
    requests = [_request(url) for url in urls]
    registry.seed_template(lambda workspace: _fill(workspace, requests))
    sandbox = registry.get(SANDBOX_ID)
    if sandbox is not None:
        _fill(sandbox, requests)


def _request(url: str) -> EndpointRequest:
    try:
        return EndpointRequest(url=url)
    except ValidationError as error:
        raise BadEndpoint(error.errors(include_url=False, include_input=False)[0]["msg"]) from None


def _fill(workspace: Workspace, requests: list[EndpointRequest]) -> None:
    with workspace.transaction() as session:
        ctx = Context(workspace, session, workspace.clock.now())
        held = {row.url for row in endpoints.listed(ctx)}
        for request in requests:
            if request.url not in held:
                endpoints.create(ctx, request)
