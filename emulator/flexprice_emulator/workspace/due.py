"""Time that moves, and the work that falls due.

Rules, the same for every clock:
* Rows are performed in the order (due_at, sequence), those included that handlers add on the way; only the running server, when a
  webhook receiver is slow, does first what waits for nobody.
* A row is performed with ctx.now = its due time, however late the server comes to it: the outcome does not depend on
  when or how often the process was stopped, nor on the clock's mode.
* Taking the row, what its handler writes, and marking it done are one transaction: a kill leaves what was before or after it.
  A handler that raises is undone to a savepoint of that transaction, which then notes the reason and the next try.
* An advance is durable before its first row: the target stands in the database, and the clock stands, durably, at the row that
  was performed last. `settle` (and the running server, when it opens the workspace) finishes an advance that was cut off.
* A run performs at most `limit` rows. What would take more stops after them: each row is done or waits, the clock stands (or runs on)
  from the last, no target is left over, and the report says so. Going on is another advance to the same target.
* Content that is replaced meanwhile (restore, reset, import) ends the run: nothing of it is recorded in the new content.
* Setting the clock forward is an advance, unless told not to settle: then what has become due waits for the next settle.
  Setting it back undoes nothing: what is done stays done, what waits waits for its time.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from flexprice_client.models.base import parse_time
from flexprice_emulator.wire.errors import EmulatorError
from flexprice_emulator.workspace import due_rows
from flexprice_emulator.workspace.clock import ClockMode, ClockState
from flexprice_emulator.workspace.context import Context, Principal
from flexprice_emulator.workspace.due_kinds import NEVER, Outside, Retry, UnknownKind, find_kind
from flexprice_emulator.workspace.due_rows import Work
from flexprice_emulator.workspace.storage import Meta
from flexprice_emulator.workspace.workspace import Workspace

log = logging.getLogger("flexprice_emulator")

LISTED = 1000
# Rows of one run unless it is told otherwise, and at most: hours of work, so that no bill is missing because nobody read `stop`.
LIMIT = 10_000_000
# Seconds after which the running server lets others have the turn: an advance need not wait for a thousand slow webhook receivers.
TURN = 0.2
# A row that took longer waited for somebody else: then what waits for nobody goes first.
SLOW = 0.02
_TARGET = "advancing"


class PastTime(ValueError):
    """An advance to a time that is past already."""

    def __init__(self, to: datetime, now: datetime) -> None:
        super().__init__(to, now)
        self.to, self.now = to, now


@dataclass(frozen=True, slots=True)
class Failure:
    """A try that failed; `retry_at` is None when it was the last."""

    work: Work
    error: str
    retry_at: datetime | None


@dataclass(frozen=True, slots=True)
class Stop:
    """A run that ended at its limit of rows, before its target."""

    target: datetime
    limit: int


@dataclass(slots=True)
class Report:
    """What was performed and what failed, in order; the lists end at LISTED, the counts do not. `stop` is None for a run that got there."""

    performed: list[Work] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    performed_count: int = 0
    failed_count: int = 0
    stop: Stop | None = None

    def note(self, outcome: Work | Failure) -> None:
        """Count an outcome."""
        if isinstance(outcome, Work):
            self.performed_count += 1
            if self.performed_count <= LISTED:
                self.performed.append(outcome)
        else:
            self.failed_count += 1
            if self.failed_count <= LISTED:
                self.failed.append(outcome)


def settle(workspace: Workspace, server: Any = None, *, limit: int = LIMIT) -> Report:
    """Finish an advance that was cut off, then perform all that is due at the present time. Raises WorkspaceClosing, ContentReplaced."""
    with workspace.due.turn():
        run = _Run(workspace, server, limit)
        run.resume()
        run.perform(workspace.clock.now())
    workspace.due.changed()
    return run.report


def advance(workspace: Workspace, to: datetime | Callable[[datetime], datetime], server: Any = None, *, limit: int = LIMIT) -> Report:
    """Perform all that is due up to a time, given or reckoned from the present one, and then stand (or run) from there.

    A real clock becomes shifted; the other modes stay. Raises PastTime, WorkspaceClosing, ContentReplaced.
    """
    with workspace.due.turn():
        run = _Run(workspace, server, limit)
        run.resume()
        now, state = workspace.clock.now(), workspace.clock.state
        target = to if isinstance(to, datetime) else to(now)
        if target < now:
            raise PastTime(target, now)
        run.travel(target, "shifted" if state.mode == "real" else state.mode, state.rate)
    workspace.due.changed()
    return run.report


def set_clock(
    workspace: Workspace,
    mode: ClockMode,
    now: datetime | None = None,
    rate: float = 1.0,
    *,
    perform: bool = True,
    server: Any = None,
    limit: int = LIMIT,
) -> Report:
    """Set a clock to any time (default: the present one); `perform` what has become due thereby.

    Raises WorkspaceClosing, ContentReplaced.
    """
    with workspace.due.turn():
        run = _Run(workspace, server, limit)
        run.resume()
        present = workspace.clock.now()
        target = workspace.clock.real_now() if mode == "real" else now or present
        if perform and target >= present:
            run.travel(target, mode, rate)
        else:
            workspace.set_clock(mode, now, rate)
            if perform:
                run.perform(workspace.clock.now())
    workspace.due.changed()
    return run.report


def keep_up(workspace: Workspace, server: Any = None) -> datetime | None:
    """The running server's part: settle, but where the clock stands still only prompt work. Returns when the next is due.

    None while nothing waits for time to pass. Raises WorkspaceClosing, ContentReplaced, TurnTaken.
    """
    with workspace.due.turn(wait=False):
        run = _Run(workspace, server)
        run.resume()
        if run.keep_up(workspace.clock.now(), time.monotonic() + TURN):
            if workspace.clock.state.mode == "frozen":
                return None
            with workspace.transaction() as session:
                return due_rows.next_due(session)
    # There is more to do at once.
    workspace.due.changed()
    return None


class _Run:
    """One turn at a workspace's due work."""

    def __init__(self, workspace: Workspace, server: Any, limit: int = LIMIT) -> None:
        self.workspace, self.server, self.limit, self.report = workspace, server, limit, Report()
        self.content = workspace.due.content

    def resume(self) -> None:
        """Give back what an ended process had begun, and finish the advance it was in."""
        if self.workspace.due.recovered:
            return
        with self._transaction() as session:
            due_rows.give_back_running(session)
            target = self.workspace.read_meta(session, _TARGET)
        if target:
            self._go(parse_time(target["to"]), target["mode"], float(target["rate"]))
        self._recovered()

    def travel(self, to: datetime, mode: ClockMode, rate: float) -> None:
        """Perform all that is due up to `to`, each with the clock standing at its time; then set the clock."""
        workspace = self.workspace
        with self._transaction() as session:
            first = due_rows.next_due(session)
            if first is None or first > to:
                workspace.write_clock(session, workspace.clock.set(mode, to, rate))
                return
            workspace.write_meta(session, _TARGET, {"to": to, "mode": mode, "rate": repr(rate)})
            workspace.due.recovered = False
        self._go(to, mode, rate)
        self._recovered()

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        with self.workspace.transaction() as session:
            self.workspace.due.check_same(self.content)
            yield session

    def _recovered(self) -> None:
        with self.workspace.lock:
            self.workspace.due.check_same(self.content)
            self.workspace.due.recovered = True

    def _go(self, to: datetime, mode: ClockMode, rate: float) -> None:
        def arrive(session: Session) -> None:
            stands_at = to if self.report.stop is None else self.workspace.clock.now()
            self.workspace.write_clock(session, self.workspace.clock.set(mode, stands_at, rate))
            session.execute(delete(Meta).where(Meta.key == _TARGET))

        self.perform(to, stand=True, end=arrive)

    def perform(self, until: datetime, *, stand: bool = False, end: Callable[[Session], None] | None = None) -> None:
        """Perform rows until none is due by `until`, or the limit is reached; `end` is called in the transaction that finds that."""
        while self.report.performed_count + self.report.failed_count < self.limit:
            if not self._next(until, stand=stand, end=end):
                return
        with self._transaction() as session:
            following = due_rows.next_due(session)
            if following is not None and following <= until:
                self.report.stop = Stop(until, self.limit)
            if end is not None:
                end(session)

    def keep_up(self, until: datetime, stop: float) -> bool:
        """Perform rows until none is due by `until`, or the machine's monotonic time is `stop`; False when more may be due.

        While the clock is frozen only prompt work is performed, also when it is frozen midway.
        """
        slow = False
        while True:
            began = time.monotonic()
            if began >= stop:
                return False
            prompt = True if self.workspace.clock.state.mode == "frozen" else False if slow else None
            found = self._next(until, prompt=prompt)
            if not found and prompt is not False:
                return True
            slow = found and (slow or time.monotonic() - began > SLOW)

    def _next(
        self, until: datetime, *, prompt: bool | None = None, stand: bool = False, end: Callable[[Session], None] | None = None
    ) -> bool:
        """Perform one row; False when none is due."""
        with self._transaction() as session:
            # Under the lock, so that the database is not closed between this and the next statement.
            self.workspace.due.check_open()
            work = due_rows.take(session, until, prompt=prompt)
            if work is None:
                if end is not None:
                    end(session)
                return False
            if stand:
                self._stand_at(session, work.due_at)
            outcome = self._attempt(session, work)
        self.report.note(outcome if isinstance(outcome, Work | Failure) else self._outside(work, outcome))
        return True

    def _stand_at(self, session: Session, moment: datetime) -> None:
        clock = self.workspace.clock
        if clock.state.mode != "frozen" or moment > clock.now():
            clock.state = ClockState("frozen", max(moment, clock.now()), clock.real_now())
            self.workspace.write_clock(session, clock.state)

    def _attempt(self, session: Session, work: Work) -> Work | Failure | Outside:
        retry = NEVER
        try:
            kind = find_kind(work.kind)
            retry = kind.retry
            outside = self._undone_if_raising(session, lambda: kind.handler(self._context(session, work), dict(work.subject)))
        except Exception as error:
            return self._give_back(session, work, error, retry)
        if outside is None:
            return work
        due_rows.mark(session, work, "running")
        return outside

    def _outside(self, work: Work, outside: Outside) -> Work | Failure:
        failure: Exception | None = None
        try:
            record = outside()
        except Exception as error:
            failure = error
        with self._transaction() as session:
            if failure is None:
                try:
                    self._undone_if_raising(session, lambda: record(self._context(session, work)))
                except Exception as error:
                    failure = error
            if failure is not None:
                return self._give_back(session, work, failure, find_kind(work.kind).retry)
            due_rows.mark(session, work, "done")
            return work

    def _undone_if_raising(self, session: Session, act: Callable[[], Outside | None]) -> Outside | None:
        issued = self.workspace.ids.state
        try:
            with session.begin_nested():
                return act()
        except BaseException:
            # The savepoint took back the rows; what was derived from them goes too.
            self.workspace.caches.clear()
            self.workspace.ids.restore(issued)
            raise

    def _context(self, session: Session, work: Work) -> Context:
        tenant_id = self.workspace.tenant_id
        principal = Principal(tenant_id=tenant_id) if tenant_id else Principal()
        return Context(self.workspace, session, work.due_at, principal, server=self.server)

    @staticmethod
    def _give_back(session: Session, work: Work, error: Exception, retry: Retry) -> Failure:
        delay, reason = None if isinstance(error, retry.unless) else retry.after(work.attempts), _reason(error)
        if delay is not None and due_rows.is_waiting(session, work.key):
            # It was scheduled anew while it ran outside; that row is the next try.
            delay = None
        if work.attempts == 1 and not isinstance(error, EmulatorError | UnknownKind):
            log.warning("due work %s failed", work.key, exc_info=error)
        retry_at = None if delay is None else work.due_at + delay
        due_rows.mark(session, work, "failed" if retry_at is None else "waiting", error=reason, due_at=retry_at)
        return Failure(work, reason, retry_at)


def _reason(error: Exception) -> str:
    if isinstance(error, EmulatorError) and error.body and error.body.get("message"):
        return str(error.body["message"])
    return f"{type(error).__name__}: {error}"
