"""What the request log's routes take and answer."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from flexprice_client.models.base import time_text
from flexprice_emulator.control.held import Moment
from flexprice_emulator.request_log.assertion import Bounds, Verdict
from flexprice_emulator.request_log.har import header_list
from flexprice_emulator.request_log.record import DEEPEST, Record, is_shallow, plain
from flexprice_emulator.request_log.redaction import redact_text, redact_value
from flexprice_emulator.request_log.search import Mismatch, Wanted

# Of filters and assertions.
STATUS = r"^([1-5][0-9][0-9]|[1-5]xx|none)$"


class LoggedRequest(BaseModel):
    """A request and its answer.

    `time` is the workspace's, `real_time` the machine's; `operation` is empty where the API has none; `status` is null where no
    answer was sent. Bodies are JSON values, text where they are none, and null where empty or longer than what is kept
    (`…_cut`); sizes are in bytes. Secrets are left out or masked.
    """

    number: int
    time: str
    real_time: str
    operation: str
    name: str
    method: str
    path: str
    query: list[tuple[str, str]]
    status: int | None
    duration_ms: float
    faults: list[str]
    request_headers: dict[str, str]
    request: Any
    request_size: int
    request_cut: bool
    response_headers: dict[str, str]
    response: Any
    response_size: int
    response_cut: bool

    @classmethod
    def of(cls, record: Record) -> "LoggedRequest":
        return cls(
            number=record.number,
            time=time_text(record.time),
            real_time=time_text(record.real_time),
            operation=record.operation,
            name=record.name,
            method=record.method,
            path=redact_text(record.path),
            query=record.query,
            status=record.status,
            duration_ms=round(record.seconds * 1000, 3),
            faults=list(record.faults),
            request_headers=_headers(record.request_headers),
            request=plain(record.request),
            request_size=record.request_size,
            request_cut=record.request_cut,
            response_headers=_headers(record.response_headers),
            response=plain(record.response),
            response_size=record.response_size,
            response_cut=record.response_cut,
        )


class LoggedRequests(BaseModel):
    """`total` are meant, `kept` are in the log, `last_number` came in all."""

    environment_id: str
    items: list[LoggedRequest]
    total: int
    kept: int
    last_number: int


class AssertionRequest(BaseModel):
    """Which requests (request_log/search.py), and how many: `count` exactly, `at_least`, `at_most`, or `never`. Alone: at least 1."""

    model_config = ConfigDict(extra="forbid")

    operation: str | None = None
    method: str | None = None
    path: str | None = None
    status: Annotated[str, Field(pattern=STATUS)] | None = None
    body: Any = None
    response: Any = None
    since: Annotated[int, Field(ge=0)] = 0
    since_time: Moment | None = None
    fault: str | None = None
    count: Annotated[int, Field(ge=0)] | None = None
    at_least: Annotated[int, Field(ge=0)] | None = None
    at_most: Annotated[int, Field(ge=0)] | None = None
    never: bool = False

    @field_validator("status", mode="before")
    @classmethod
    def _status_as_text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int) else value

    @field_validator("body", "response")
    @classmethod
    def _a_part(cls, value: Any) -> Any:
        if not is_shallow(value):
            raise PydanticCustomError("depth", "nested deeper than {levels} levels", {"levels": DEEPEST})
        return redact_value(value)

    @model_validator(mode="after")
    def _one_number(self) -> "AssertionRequest":
        exact = self.count is not None
        bounded = self.at_least is not None or self.at_most is not None
        if exact + bounded + self.never > 1:
            raise PydanticCustomError("bounds", "give count, or at_least and at_most, or never: only one of the three")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise PydanticCustomError("bounds", "at_least: not more than at_most")
        return self

    def bounds(self) -> Bounds:
        if self.never:
            return Bounds(0, 0)
        if self.count is not None:
            return Bounds(self.count, self.count)
        if self.at_least is None and self.at_most is not None:
            return Bounds(0, self.at_most)
        return Bounds(1 if self.at_least is None else self.at_least, self.at_most)

    def wanted(self) -> Wanted:
        return Wanted(
            self.operation,
            self.method,
            self.path,
            self.status,
            self.body,
            self.response,
            self.since,
            self.since_time,
            self.fault,
        )


class AssertionResponse(BaseModel):
    """It holds: how many requests are meant, and their numbers."""

    count: int
    numbers: list[int]


class FieldMismatch(BaseModel):
    """A field of the closest request that is not as wanted."""

    field: str
    expected: Any
    found: Any

    @classmethod
    def of(cls, mismatch: Mismatch) -> "FieldMismatch":
        return cls(field=mismatch.field, expected=_value(mismatch.expected), found=_value(mismatch.found))


class Closest(BaseModel):
    """The request that came nearest without being meant."""

    number: int
    operation: str
    mismatches: list[FieldMismatch]


class AssertionFailure(BaseModel):
    """It does not hold. `detail` says it in one line; `seen` counts all requests that were looked at by operation."""

    detail: str
    count: int
    numbers: list[int]
    seen: dict[str, int]
    closest: Closest | None

    @classmethod
    def of(cls, verdict: Verdict) -> "AssertionFailure":
        closest = None
        if verdict.nearest is not None:
            record, mismatches = verdict.nearest
            named = record.operation or f"{record.method} {record.path}"
            closest = Closest(number=record.number, operation=named, mismatches=[FieldMismatch.of(each) for each in mismatches])
        return cls(detail=verdict.message, count=verdict.count, numbers=list(verdict.matching), seen=verdict.seen, closest=closest)


def _value(value: Any) -> Any:
    if isinstance(value, Decimal | dict | list):
        return plain(value)
    return value if value is None or isinstance(value, str | int | float | bool) else time_text(value)


def _headers(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    return {header["name"]: header["value"] for header in header_list(headers)}
