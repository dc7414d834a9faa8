"""What the clock, due and settle routes take and answer."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from flexprice_client.models.base import time_text
from flexprice_emulator.control.held import Moment, Span
from flexprice_emulator.workspace.clock import ClockMode
from flexprice_emulator.workspace.due import LIMIT, Failure, Report, Stop
from flexprice_emulator.workspace.due_rows import Work
from flexprice_emulator.workspace.workspace import Workspace

Limit = Annotated[int, Field(ge=1, le=LIMIT)]


class ClockRequest(BaseModel):
    """Set a clock. `now` defaults to the present time; `rate` counts in accelerated mode; `settle` performs what becomes due."""

    model_config = ConfigDict(extra="forbid")

    mode: ClockMode = "frozen"
    now: Moment | None = None
    rate: Annotated[float, Field(gt=0, le=1e9)] = 1.0
    settle: bool = True
    limit: Limit = LIMIT

    @model_validator(mode="after")
    def _real_has_no_time(self) -> "ClockRequest":
        if self.mode == "real" and self.now is not None:
            raise PydanticCustomError("clock", "now: leave it out in mode real, or give mode shifted, accelerated or frozen")
        return self


class AdvanceRequest(BaseModel):
    """Move a clock forward: `by` an ISO 8601 duration, or `to` a time. It stops after `limit` rows of due work."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    by: Span | None = None
    to: Moment | None = None
    limit: Limit = LIMIT

    @model_validator(mode="after")
    def _one_of_both(self) -> "AdvanceRequest":
        if (self.by is None) == (self.to is None):
            raise PydanticCustomError("advance", 'give either by, such as {{"by": "P1M"}}, or to, such as {{"to": "2026-01-31T00:00:00Z"}}')
        return self


class ClockResponse(BaseModel):
    """A workspace's clock."""

    environment_id: str
    mode: ClockMode
    now: str
    rate: float

    @classmethod
    def of(cls, workspace: Workspace, **more: Any) -> "ClockResponse":
        """The clock as it stands."""
        state = workspace.clock.state
        now = time_text(workspace.clock.now())
        return cls(environment_id=workspace.environment_id, mode=state.mode, now=now, rate=state.rate, **more)


class PerformedWork(BaseModel):
    """Due work that was done; `due_at` is also the time it was done at."""

    kind: str
    key: str
    due_at: str
    subject: dict[str, Any]

    @classmethod
    def of(cls, work: Work) -> "PerformedWork":
        return cls(kind=work.kind, key=work.key, due_at=time_text(work.due_at), subject=work.subject)


class FailedWork(PerformedWork):
    """A try that failed, why, and when the next one is (null: none)."""

    attempts: int
    error: str
    retry_at: str | None

    @classmethod
    def of_failure(cls, failure: Failure) -> "FailedWork":
        shown = PerformedWork.of(failure.work).model_dump()
        retry_at = None if failure.retry_at is None else time_text(failure.retry_at)
        return cls(**shown, attempts=failure.work.attempts, error=failure.error, retry_at=retry_at)


class Stopped(BaseModel):
    """An advance that ended at its limit of rows. All that is due up to `now` and was not performed, and all after it, waits."""

    target: str
    limit: int
    message: str


class TimeReport(ClockResponse):
    """The clock, and what was performed on the way: the first 1,000 of each list, and how many there were.

    `stopped` is null where the clock has got to where it was to go.
    """

    performed: list[PerformedWork]
    performed_count: int
    failed: list[FailedWork]
    failed_count: int
    stopped: Stopped | None = None

    @classmethod
    def of_report(cls, workspace: Workspace, report: Report) -> "TimeReport":
        clock = ClockResponse.of(workspace).model_dump()
        return cls(
            **clock,
            performed=[PerformedWork.of(work) for work in report.performed],
            performed_count=report.performed_count,
            failed=[FailedWork.of_failure(failure) for failure in report.failed],
            failed_count=report.failed_count,
            stopped=_stopped(clock["now"], report.stop),
        )


def _stopped(now: str, stop: Stop | None) -> Stopped | None:
    if stop is None:
        return None
    target = time_text(stop.target)
    message = (
        f"stopped at {now} after {stop.limit} rows of due work, before {target}: the rest waits. "
        'To go on, advance to "to" again; "limit" allows another number of rows'
    )
    return Stopped(target=target, limit=stop.limit, message=message)


class DueItem(PerformedWork):
    """A row of due work. `last_error` tells of the last failed try."""

    state: Literal["waiting", "running", "done", "failed"]
    attempts: int
    last_error: str


class DueResponse(BaseModel):
    """What happens next and when, soonest first; `count` is how many rows there are in all."""

    environment_id: str
    now: str
    items: list[DueItem]
    count: int
