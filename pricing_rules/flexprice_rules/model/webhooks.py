"""Where a workspace's webhooks go."""

from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, WithJsonSchema

from flexprice_client.models.webhooks import WEBHOOK_PAYLOADS
from flexprice_rules.issues import nearest
from flexprice_rules.model.base import Boolean, Item, Metadata, Word

_NAMES: Final = tuple(sorted(WEBHOOK_PAYLOADS))


def _event_name(value: str) -> str:
    if value not in WEBHOOK_PAYLOADS:
        near = nearest(value, _NAMES)
        raise ValueError("not a webhook event" + (f"; did you mean {near}?" if near else ""))
    return value


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("not a URL of a receiver such as http://127.0.0.1:3000/webhooks")
    return value


EventName = Annotated[Word, AfterValidator(_event_name), WithJsonSchema({"type": "string", "enum": list(_NAMES)})]
Url = Annotated[Word, AfterValidator(_url), WithJsonSchema({"type": "string", "format": "uri"})]


class WebhookEndpoint(Item):
    """The receiver of the setting webhook_config, of which there is one. Only the emulator can be told of it through the API."""

    endpoint: Url
    headers: Metadata = Field(default_factory=dict)
    """Sent with each webhook; what proves to the receiver who sends."""
    enabled: Boolean = True
    excluded_events: tuple[EventName, ...] = ()
    """Events that are not sent there."""
