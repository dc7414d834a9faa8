"""One call and its answer, before and after any transport."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from flexprice_client.config import Config
from flexprice_client.errors import UnexpectedResponseError
from flexprice_client.models.base import WireModel
from flexprice_client.transport.codec import decode_json, to_plain

USER_AGENT: Final = "flexprice-client/0.1.0"


@dataclass(frozen=True)
class Request:
    """A call below the base URL.

    path     as sent, already quoted (`quote_path` fills a template)
    query    lists repeat the key; None is left out
    body     a model, a mapping, or None for no body
    at_root  beside `/v1` instead of below it, as `/health` is
    """

    method: str
    path: str
    query: WireModel | Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    at_root: bool = False

    def url(self, base_url: str) -> str:
        """The address without the query."""
        return (base_url.removesuffix("/v1") if self.at_root else base_url) + self.path


@dataclass(frozen=True)
class Answer:
    """A 2xx. `attempts` counts the tries it took."""

    status: int
    content: bytes
    headers: Mapping[str, str]
    attempts: int = 1

    @property
    def request_id(self) -> str | None:
        return self.headers.get("x-request-id")

    def json(self) -> Any:
        """The body's value, None for an empty body. Raises UnexpectedResponseError."""
        if not self.content.strip():
            return None
        try:
            return decode_json(self.content)
        except ValueError as error:
            kind = self.headers.get("content-type", "no content type")
            raise UnexpectedResponseError(
                f"the answer is not JSON ({kind}): {error}", status=self.status, request_id=self.request_id
            ) from None


def new_request_id() -> str:
    """A random id for `X-Request-ID`; the service echoes it."""
    return uuid.uuid4().hex


def quote_path(template: str, values: Mapping[str, str]) -> str:
    """`/customers/{id}` with the value quoted, slashes included. Raises ValueError for a value that would change the route."""
    filled = {}
    for name, value in values.items():
        if value in ("", ".", ".."):
            raise ValueError(f"{name} must be an id, not {value!r}")
        filled[name] = quote(value, safe="")
    return template.format(**filled)


def query_pairs(query: WireModel | Mapping[str, Any]) -> list[tuple[str, str | int | float | bool | None]]:
    """Pairs of the query string: lists repeat the key, booleans in lower case, None left out (wire.md §5)."""
    pairs: list[tuple[str, str | int | float | bool | None]] = []
    for name, plain in to_plain(query).items():
        for item in plain if isinstance(plain, list) else [plain]:
            if item is None:
                continue
            if isinstance(item, dict):
                raise TypeError(f"query parameter {name} cannot hold an object")
            pairs.append((name, str(item).lower() if isinstance(item, bool) else str(item)))
    return pairs


def headers_for(config: Config, request: Request, make_id: Callable[[], str]) -> dict[str, str]:
    """Headers of the call; those of the request win."""
    headers = {"accept": "application/json", "user-agent": USER_AGENT, "x-api-key": config.api_key, "x-request-id": make_id()}
    if config.environment_id:
        headers["x-environment-id"] = config.environment_id
    if request.body is not None:
        headers["content-type"] = "application/json"
    headers.update({name.lower(): value for name, value in request.headers.items()})
    return headers
