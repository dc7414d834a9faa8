"""What fault rules look like over HTTP: one model a kind, so that a wrong field is named with what is allowed."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from flexprice_emulator.control.duration import Duration
from flexprice_emulator.faults.rules import Kind, Rule

LONGEST_LATENCY = timedelta(minutes=10)
LONGEST = timedelta(days=3660)
_HOW = "give seconds, such as 0.5, or an ISO 8601 duration, such as PT30M"
When = Literal["before", "after"]


def _span(value: object, *, longest: timedelta, signed: bool = False) -> timedelta:
    sign, text = 1, value
    if isinstance(value, str) and value.startswith("-") and signed:
        sign, text = -1, value[1:]
    try:
        if isinstance(value, bool):
            raise ValueError
        span = timedelta(seconds=value) if isinstance(value, int | float) else sign * _exact(Duration.parse(text))
    except (ValueError, OverflowError):
        how = f"{_HOW}{' or -PT5M' if signed else ''}"
        raise PydanticCustomError("span", "not a duration; {how}", {"how": how}) from None
    if abs(span) > longest or (span < timedelta(0) and not signed):
        least = f"-{longest}" if signed else "0"
        raise PydanticCustomError("span", "not between {least} and {most}; {how}", {"least": least, "most": str(longest), "how": _HOW})
    return span


def _exact(duration: Duration) -> timedelta:
    if duration.months:
        raise ValueError("months differ in length")
    return duration.span


_SPAN = "Seconds, such as `0.5`, or ISO 8601, such as `PT30M`"
Latency = Annotated[
    timedelta, BeforeValidator(lambda value: _span(value, longest=LONGEST_LATENCY)), Field(description=f"{_SPAN}; at most ten minutes.")
]
WorkspaceSpan = Annotated[timedelta, BeforeValidator(lambda value: _span(value, longest=LONGEST)), Field(description=f"{_SPAN}.")]
SignedSpan = Annotated[
    timedelta, BeforeValidator(lambda value: _span(value, longest=LONGEST, signed=True)), Field(description=f"{_SPAN} or `-PT5M`.")
]
RetryAfter = Annotated[float, Field(ge=0, le=86_400)]
_OPERATION = "`POST /v1/events`, `/wallets/*`, `create_customer`; for webhooks an event such as `invoice.update.finalized`, or `invoice.*`."


class _FaultRequest(BaseModel):
    """`operation`: what is disturbed (faults/matching.py). `probability` of each match after the first `after`, `count` in all.

    The n-th match of a rule is disturbed or not by `seed`, kind, operation and n alone.
    """

    model_config = ConfigDict(extra="forbid")

    operation: Annotated[str, Field(min_length=1, max_length=500, description=_OPERATION)] = "*"
    probability: Annotated[float, Field(gt=0, le=1, description="Of each match.")] = 1.0
    count: Annotated[int, Field(ge=1, description="How many are disturbed in all.")] | None = None
    after: Annotated[int, Field(ge=0, description="Leave the first so many matches alone.")] = 0
    seed: Annotated[
        str,
        Field(max_length=200, description="Another seed disturbs other matches."),
        BeforeValidator(lambda value: str(value) if isinstance(value, int) else value),
    ] = "0"

    def options(self) -> dict[str, Any]:
        """What the kind adds, as the rule keeps it."""
        own = type(self).model_fields.keys() - _FaultRequest.model_fields.keys() - {"kind"}
        return {name: getattr(self, name) for name in own}


class LatencyFault(_FaultRequest):
    """Wait, in real time: `duration`, or a time up to `up_to`. `when`: before the request is performed, or after, with the answer."""

    kind: Literal["latency"]
    duration: Latency
    up_to: Latency | None = None
    when: When = "before"

    @model_validator(mode="after")
    def _in_order(self) -> "LatencyFault":
        if self.up_to is not None and self.up_to < self.duration:
            raise PydanticCustomError("latency", "up_to: not less than duration")
        return self

    def options(self) -> dict[str, Any]:
        most = self.duration if self.up_to is None else self.up_to
        return {"duration": self.duration.total_seconds(), "up_to": most.total_seconds(), "when": self.when}


class RateLimitFault(_FaultRequest):
    """429, before anything is done; `retry_after` in seconds, null for no such header."""

    kind: Literal["rate_limit"]
    retry_after: RetryAfter | None = 1.0
    body: dict[str, Any] | str | None = None


class ErrorFault(_FaultRequest):
    """A 5xx: `before` the request is performed, or `after` its change is committed. `body` in place of the usual one."""

    kind: Literal["error"]
    status: Annotated[int, Field(ge=500, le=599)] = 500
    when: When = "before"
    retry_after: RetryAfter | None = None
    body: dict[str, Any] | str | None = None


class DropFault(_FaultRequest):
    """Close the connection without an answer, `before` the request is performed or `after` its change is committed."""

    kind: Literal["drop"]
    when: When = "before"


class TruncateFault(_FaultRequest):
    """Send `keep` of the body (0 to less than 1) under the full content-length, and close the connection. The change is committed."""

    kind: Literal["truncate"]
    keep: Annotated[float, Field(ge=0, lt=1)] = 0.5


class UsageLagFault(_FaultRequest):
    """Accept events, and let them reach all that reads usage after `duration` of the workspace's clock."""

    kind: Literal["usage_lag"]
    duration: WorkspaceSpan


class ClockSkewFault(_FaultRequest):
    """Perform matching requests with a clock that is wrong by `by`, forward or (negative) back."""

    kind: Literal["clock_skew"]
    by: SignedSpan


class WebhookDuplicateFault(_FaultRequest):
    """Send matching webhooks `times` times under one message id. `operation` names events."""

    kind: Literal["webhook_duplicate"]
    times: Annotated[int, Field(ge=2, le=10)] = 2


class WebhookReorderFault(_FaultRequest):
    """Hold a matching webhook until the next one for its endpoint was sent, or until `at_most` of the workspace's clock is over."""

    kind: Literal["webhook_reorder"]
    at_most: WorkspaceSpan = timedelta(minutes=1)


class WebhookDelayFault(_FaultRequest):
    """Send matching webhooks later by `duration` of the workspace's clock."""

    kind: Literal["webhook_delay"]
    duration: WorkspaceSpan


FaultRequest = (
    LatencyFault
    | RateLimitFault
    | ErrorFault
    | DropFault
    | TruncateFault
    | UsageLagFault
    | ClockSkewFault
    | WebhookDuplicateFault
    | WebhookReorderFault
    | WebhookDelayFault
)


class FaultRule(BaseModel):
    """A rule and what came of it. `state`: active, or used_up when its count is reached."""

    id: str
    kind: Kind
    operation: str
    probability: float
    count: int | None
    after: int
    seed: str
    options: dict[str, Any]
    state: Literal["active", "used_up"]
    matched: int
    injected: int
    overruled: int

    @classmethod
    def of(cls, rule: Rule) -> "FaultRule":
        return cls(
            id=rule.id,
            kind=rule.kind,
            operation=rule.operation,
            probability=rule.probability,
            count=rule.count,
            after=rule.after,
            seed=rule.seed,
            options={name: _shown(value) for name, value in rule.options.items()},
            state="used_up" if rule.used_up else "active",
            matched=rule.matched,
            injected=rule.injected,
            overruled=rule.overruled,
        )


class FaultRules(BaseModel):
    """All rules in the order in which they were set, and how much each kind injected."""

    environment_id: str
    items: list[FaultRule]
    injected: dict[str, int]


def _shown(value: Any) -> Any:
    """Durations in seconds."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value.isoformat() if isinstance(value, datetime) else value
