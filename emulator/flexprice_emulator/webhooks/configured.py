"""The endpoint of the setting `webhook_config`, whose keys are those of the reference's own configuration (webhooks.md §2)."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError as PydanticValidationError

from flexprice_client.models.base import WireRequest
from flexprice_emulator.webhooks import endpoints
from flexprice_emulator.webhooks.endpoint_request import EndpointChanges, EndpointRequest
from flexprice_emulator.webhooks.tables import WebhookEndpointRow
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

ENDPOINT_ID: Final = "whep_setting"
DEFAULT: Final[Mapping[str, Any]] = {"endpoint": "", "headers": {}, "enabled": False, "excluded_events": []}


class WebhookConfig(WireRequest):
    """One receiver, told as the reference's own sender tells it. `headers` prove who sends."""

    endpoint: str = ""
    headers: dict[str, str] | None = None
    enabled: bool = True
    excluded_events: list[str] | None = None


def check(given: WebhookConfig) -> None:
    """Raises ValidationError for what cannot be an endpoint."""
    if given.endpoint or given.headers or given.excluded_events:
        try:
            EndpointRequest(
                url=given.endpoint or "http://127.0.0.1", headers=given.headers or {}, excluded_events=given.excluded_events or []
            )
        except PydanticValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            name = str(first["loc"][0])
            raise ValidationError("Request validation failed", {"endpoint" if name == "url" else name: first["msg"]}) from None


def follow(ctx: Context, value: Mapping[str, Any]) -> None:
    """Have the endpoint be what the setting says; without a URL there is none."""
    row = ctx.session.get(WebhookEndpointRow, ENDPOINT_ID)
    if not value["endpoint"]:
        if row is not None and row.status == "published":
            endpoints.remove(ctx, ENDPOINT_ID)
        return
    told = {"url": value["endpoint"], **{name: value[name] for name in ("headers", "enabled", "excluded_events")}}
    if row is None:
        endpoints.create(ctx, EndpointRequest(**told, description="the setting webhook_config"), ENDPOINT_ID)
    else:
        row.status = "published"
        endpoints.change(ctx, ENDPOINT_ID, EndpointChanges(**told))
