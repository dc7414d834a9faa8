"""What an endpoint is told to be, and what is refused."""

import difflib
import re
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from flexprice_client.models.webhooks import WEBHOOK_PAYLOADS
from flexprice_emulator.webhooks.signing import check_secret
from flexprice_emulator.webhooks.targets import check_target

T = TypeVar("T")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}\Z")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e]{0,4000}\Z")
_OWN = {"content-length", "content-type", "transfer-encoding", "connection", "host", "accept-encoding"}


def _url(value: str) -> str:
    check_target(value)
    return value


def _event_name(value: str) -> str:
    if value not in WEBHOOK_PAYLOADS:
        near = difflib.get_close_matches(value, WEBHOOK_PAYLOADS, 1)
        raise ValueError(f"no webhook event{f'; did you mean {near[0]}?' if near else ''}")
    return value


def _headers(value: dict[str, str]) -> dict[str, str]:
    for name, text in value.items():
        if not _HEADER_NAME.match(name) or not _HEADER_VALUE.match(text):
            raise ValueError(f"{name!r}: not a header's name, or its value has other than printable ASCII characters")
        if name.lower() in _OWN or name.lower().startswith(("svix-", "webhook-")):
            raise ValueError(f"{name!r}: set by the delivery itself")
    if len(value) > 50:
        raise ValueError("more than 50 headers")
    return value


def _checked(check: Callable[[Any], T]) -> AfterValidator:
    def validate(value: Any) -> T:
        try:
            return check(value)
        except ValueError as error:
            raise PydanticCustomError("endpoint", "{reason}", {"reason": str(error)}) from None

    return AfterValidator(validate)


Url = Annotated[str, Field(max_length=2000), _checked(_url)]
EventName = Annotated[str, _checked(_event_name)]
Headers = Annotated[dict[str, str], _checked(_headers)]
Secret = Annotated[str, _checked(check_secret)]


class EndpointRequest(BaseModel):
    """A receiver.

    `style` native retries as the reference's own sender does, svix as Svix does; both sign. `event_types` empty wants all events.
    `secret` left out is made up. `timeout_seconds` counts from connecting to the end of the answer.
    """

    model_config = ConfigDict(extra="forbid")

    url: Url
    style: Literal["native", "svix"] = "native"
    description: Annotated[str, Field(max_length=1000)] = ""
    enabled: bool = True
    event_types: list[EventName] = []
    excluded_events: list[EventName] = []
    headers: Headers = {}
    secret: Secret | None = Field(default=None, repr=False)
    timeout_seconds: Annotated[int, Field(ge=1, le=30)] = 10


class EndpointChanges(BaseModel):
    """What changes of an endpoint; the rest stays."""

    model_config = ConfigDict(extra="forbid")

    url: Url | None = None
    style: Literal["native", "svix"] | None = None
    description: Annotated[str | None, Field(max_length=1000)] = None
    enabled: bool | None = None
    event_types: list[EventName] | None = None
    excluded_events: list[EventName] | None = None
    headers: Headers | None = None
    timeout_seconds: Annotated[int | None, Field(ge=1, le=30)] = None
