"""The receiver of webhooks, which is a setting. It comes last, so that what the rules themselves create is nobody's news."""

from collections.abc import Iterator
from typing import Any, Final

from flexprice_client.errors import APIError
from flexprice_rules.changes.bodies import plain
from flexprice_rules.changes.change import Call, Change
from flexprice_rules.changes.planner import Planner
from flexprice_rules.model import WebhookEndpoint

_SETTING: Final = "webhook_config"
_PATH: Final = f"/settings/{_SETTING}"


def plan_webhooks(planner: Planner) -> Iterator[Change]:
    """The changes that make the setting say what the rules do."""
    for item in planner.rules.webhook_endpoints:
        yield from _endpoint(planner, item)


def _endpoint(planner: Planner, item: WebhookEndpoint) -> Iterator[Change]:
    try:
        held: dict[str, Any] = planner.reader.get(_PATH)["value"]
    except APIError as error:
        if error.status not in (400, 404):
            raise
        reason = "the target has no such setting: where its webhooks go is set up outside of its API"
        yield Change("blocked", "webhook_endpoint", _SETTING, item.place, reason=reason)
        return
    wanted = plain(item)
    if not held.get("endpoint"):
        yield Change("create", "webhook_endpoint", _SETTING, item.place, (Call("PUT", _PATH, {"value": wanted}),))
        return
    different = {name: value for name, value in wanted.items() if item.given(name) and value != (held.get(name) or type(value)())}
    if different:
        call = Call("PUT", _PATH, {"value": different})
        yield Change("update", "webhook_endpoint", _SETTING, item.place, (call,), tuple(different))
