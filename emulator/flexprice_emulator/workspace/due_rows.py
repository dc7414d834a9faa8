"""Due work as rows: what happens, when, to what, and how it went.

Invariants: among waiting rows a key is unique, so scheduling again moves a row; rows are taken in the order
(due_at, sequence); taking one is a single UPDATE that only a waiting row answers, so it is taken once.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import BigInteger, ColumnElement, Index, Integer, Row, bindparam, delete, func, insert, select, text, update
from sqlalchemy import Table as SqlTable
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.dml import ReturningUpdate

from flexprice_emulator.workspace.storage import Table, UtcTime

_WAITING: Final = text("state = 'waiting'")
STATES: Final = ("waiting", "running", "done", "failed")


class DueRow(Table):
    """`state`: waiting, running (outside a transaction), done, failed (given up). `prompt` see due_kinds.DueKind."""

    __tablename__ = "due_work"
    __table_args__ = (
        Index("due_work_order", "state", "due_at", "sequence"),
        Index("due_work_key", "key", unique=True, sqlite_where=_WAITING),
        {"sqlite_autoincrement": True},
    )

    sequence: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    due_at: Mapped[datetime]
    kind: Mapped[str]
    key: Mapped[str]
    subject: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="waiting")
    prompt: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(default="")


class Work(NamedTuple):
    """A row that was taken; `attempts` counts this one."""

    sequence: int
    due_at: datetime
    kind: str
    key: str
    subject: dict[str, Any]
    attempts: int


_TABLE: Final = cast(SqlTable, DueRow.__table__)


# Built once, as is what takes them: an advance schedules and takes many rows.
_INSERT: Final = insert(_TABLE)
_MOVE: Final = (
    update(_TABLE)
    .where(_TABLE.c.key == bindparam("of"), _TABLE.c.state == "waiting")
    .values({name: bindparam(name) for name in ("due_at", "kind", "subject", "prompt", "attempts", "last_error")})
    .returning(_TABLE.c.sequence)
)
_REMOVE: Final = delete(_TABLE).where(_TABLE.c.key == bindparam("of"), _TABLE.c.state == "waiting").returning(_TABLE.c.sequence)


def default_key(kind: str, subject: Mapping[str, Any]) -> str:
    """`subscription.renewal/subs_1`: the kind and the subject's values."""
    return "/".join((kind, *(str(value) for value in subject.values())))


def put(session: Session, kind: str, due_at: datetime, key: str, subject: dict[str, Any], *, prompt: bool) -> None:
    """Add a row, or move the waiting one of this key; its attempts count from zero again."""
    connection = session.connection()
    values = {"due_at": due_at, "kind": kind, "subject": subject, "prompt": prompt, "attempts": 0, "last_error": ""}
    if connection.execute(_MOVE, {"of": key, **values}).first() is None:
        connection.execute(_INSERT, {"key": key, "state": "waiting", **values})


def remove(session: Session, key: str) -> bool:
    """Drop the waiting row of a key; False when there is none."""
    return session.connection().execute(_REMOVE, {"of": key}).first() is not None


def put_new(session: Session, kind: str, due_at: datetime, rows: Sequence[tuple[str, dict[str, Any]]], *, prompt: bool) -> None:
    """Add many rows at once, (key, subject) each, in their order; of none of the keys a row may wait."""
    same = {"due_at": due_at, "kind": kind, "prompt": prompt, "attempts": 0, "last_error": "", "state": "waiting"}
    if rows:
        session.connection().execute(_INSERT, [{"key": key, "subject": subject, **same} for key, subject in rows])


def _take_statement(*, prompt: bool | None) -> ReturningUpdate[Any]:
    waiting = _TABLE.alias("waiting")
    first = select(waiting.c.sequence).where(waiting.c.state == "waiting", waiting.c.due_at <= bindparam("until", type_=UtcTime()))
    if prompt is not None:
        first = first.where(waiting.c.prompt if prompt else ~waiting.c.prompt)
    chosen = first.order_by(waiting.c.due_at, waiting.c.sequence).limit(1).scalar_subquery()
    taken = update(_TABLE).where(_TABLE.c.sequence == chosen, _TABLE.c.state == "waiting")
    return taken.values(state="done", attempts=_TABLE.c.attempts + 1).returning(*(_TABLE.c[name] for name in Work._fields))


_TAKE: Final = {prompt: _take_statement(prompt=prompt) for prompt in (None, False, True)}


def take(session: Session, until: datetime, *, prompt: bool | None = None) -> Work | None:
    """Take the next row that is due by `until`: of all, of the prompt ones, or of the others."""
    found = session.connection().execute(_TAKE[prompt], {"until": until}).first()
    return None if found is None else Work(*found)


def mark(session: Session, work: Work, state: str, *, error: str | None = None, due_at: datetime | None = None) -> None:
    """Note how a taken row went."""
    values: dict[str, Any] = {"state": state}
    if error is not None:
        values["last_error"] = error
    if due_at is not None:
        values["due_at"] = due_at
    session.connection().execute(update(_TABLE).where(_TABLE.c.sequence == work.sequence).values(values))


def is_waiting(session: Session, key: str) -> bool:
    """Whether a row of this key waits."""
    return session.scalar(select(DueRow.sequence).where(DueRow.key == key, DueRow.state == "waiting")) is not None


def next_due(session: Session, *, prompt_only: bool = False) -> datetime | None:
    """When the next waiting row is due."""
    statement = select(DueRow.due_at).where(DueRow.state == "waiting")
    if prompt_only:
        statement = statement.where(DueRow.prompt)
    return session.scalar(statement.order_by(DueRow.due_at).limit(1))


def give_back_running(session: Session) -> None:
    """Rows that a process had begun and did not live to finish wait again, but for those scheduled anew meanwhile.

    A try that was cut off counts as none.
    """
    running = session.execute(
        select(*(_TABLE.c[name] for name in Work._fields)).where(DueRow.state == "running").order_by(DueRow.sequence)
    ).all()
    for work in map(Work._make, running):
        mark(session, work, "done" if is_waiting(session, work.key) else "waiting")
        session.connection().execute(update(_TABLE).where(_TABLE.c.sequence == work.sequence).values(attempts=work.attempts - 1))


def listed(session: Session, state: str, limit: int) -> tuple[Sequence[Row[tuple[datetime, str, str, dict[str, Any], str, int, str]]], int]:
    """(rows in time order, how many there are) in one state."""
    clause: ColumnElement[bool] = DueRow.state == state
    columns = (DueRow.due_at, DueRow.kind, DueRow.key, DueRow.subject, DueRow.state, DueRow.attempts, DueRow.last_error)
    rows = session.execute(select(*columns).where(clause).order_by(DueRow.due_at, DueRow.sequence).limit(limit)).all()
    return rows, session.scalar(select(func.count()).select_from(DueRow).where(clause)) or 0
