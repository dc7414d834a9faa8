"""What a request carries below the edge: its workspace's session, one instant, ids, the caller and the outbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from flexprice_client.models.base import WireRequest
from flexprice_emulator.wire.binding import bind_query
from flexprice_emulator.workspace.clock import Clock
from flexprice_emulator.workspace.due_kinds import find_kind
from flexprice_emulator.workspace.due_rows import default_key, put, put_new, remove
from flexprice_emulator.workspace.followers import tell
from flexprice_emulator.workspace.ids import IdSource
from flexprice_emulator.workspace.storage import OutboxRow
from flexprice_emulator.workspace.workspace import Workspace

ZERO_UUID = "00000000-0000-0000-0000-000000000000"
QueryT = TypeVar("QueryT", bound=WireRequest)
RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. `environment_id` is set for keys that are bound to one; `claims` holds a portal session's content."""

    user_id: str = ZERO_UUID
    tenant_id: str = ZERO_UUID
    roles: tuple[str, ...] = ("super_admin",)
    kind: str = "config_key"
    environment_id: str | None = None
    claims: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Context:
    """One request. `now` is read once, so that everything a request writes carries one instant.

    `session` works on the environment's database (the root's for root operations); it is committed by the edge
    after the handler returned, and rolled back when it raised. `clock` is the one that `now` was read from, where it is known.
    """

    workspace: Workspace
    session: Session
    now: datetime
    principal: Principal = field(default_factory=Principal)
    query_string: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    server: Any = None
    clock: Clock | None = None
    # Where ids come from that must be new beyond the workspace; None: from the workspace.
    ids: IdSource | None = None

    @property
    def environment_id(self) -> str:
        return self.workspace.environment_id

    @property
    def tenant_id(self) -> str:
        return self.principal.tenant_id

    @property
    def user_id(self) -> str:
        return self.principal.user_id

    def new_id(self, prefix: str) -> str:
        """`cust_…` for prefix `cust`."""
        return (self.ids or self.workspace.ids).new(prefix, self.now)

    def stamp(self) -> dict[str, Any]:
        """The columns every new row starts with, but for its id."""
        return {
            "status": "published",
            "created_at": self.now,
            "updated_at": self.now,
            "created_by": self.user_id,
            "updated_by": self.user_id,
        }

    def touch(self, row: Any) -> None:
        """Note a change of a row."""
        row.updated_at = self.now
        row.updated_by = self.user_id

    def add(self, row: RowT) -> RowT:
        """Insert at once, so that later reads of this request see it and unique keys are checked here."""
        self.session.add(row)
        self.session.flush()
        return row

    def emit(self, event_name: str, **subject: Any) -> None:
        """Write a webhook event to the outbox, and have it delivered where somebody wants it.

        `subject` names what its payload is about (`customer_id=…`).
        """
        event = OutboxRow(id=self.new_id("sys_event"), event_name=event_name, subject=subject, created_at=self.now)
        self.session.add(event)
        tell(self, event)

    def schedule(self, kind: str, due_at: datetime, /, *, key: str = "", **subject: Any) -> str:
        """Have a kind of work (workspace/due_kinds.py) done at a time; one that is past means now. Returns the row's key.

        One row of a key waits: scheduling it again moves it. Without `key` it is `kind/` and the subject's values:
        `subscription.renewal/subs_1`. Times and decimals in `subject` arrive as text. Raises UnknownKind.
        """
        known = find_kind(kind)
        key = key or default_key(kind, subject)
        put(self.session, kind, max(due_at, self.now), key, subject, prompt=known.prompt)
        if known.prompt or self.workspace.clock.state.mode != "frozen":
            self.workspace.due.touched = True
        return key

    def schedule_new(self, kind: str, due_at: datetime, rows: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """As `schedule` for many rows, (key, subject) each, of whose keys none waits."""
        known = find_kind(kind)
        put_new(self.session, kind, max(due_at, self.now), rows, prompt=known.prompt)
        if known.prompt or self.workspace.clock.state.mode != "frozen":
            self.workspace.due.touched = True

    def unschedule(self, key: str) -> bool:
        """Drop work that still waits; False when there is none of this key."""
        return remove(self.session, key)

    def query(self, name: str, default: str = "") -> str:
        """The first value of a query parameter."""
        return next((value for key, value in self.query_string if key == name), default)

    def query_all(self, name: str) -> list[str]:
        """All values of a query parameter."""
        return [value for key, value in self.query_string if key == name]

    def bind_query(self, model: type[QueryT], hint: str) -> QueryT:
        """The query string as a list filter."""
        return bind_query(model, self.query_string, hint)
