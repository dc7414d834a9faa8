"""What the routes of workspaces, snapshots and differences take and answer."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from flexprice_client.models.base import time_text
from flexprice_emulator.control.held import Moment
from flexprice_emulator.control.named import SNAPSHOT_PATTERN, NewName
from flexprice_emulator.request_log.redaction import redact_value
from flexprice_emulator.workspace.clock import ClockMode, ClockState
from flexprice_emulator.workspace.copies import Snapshot
from flexprice_emulator.workspace.difference import Change, Difference, TableDifference


class ClockStart(BaseModel):
    """How a clock starts. Also given as a text: `real`, or a time to stand at. `now` defaults to the machine's time."""

    model_config = ConfigDict(extra="forbid")

    mode: ClockMode = "frozen"
    now: Moment | None = None
    rate: Annotated[float, Field(gt=0, le=1e9)] = 1.0

    def state(self, real_now: datetime) -> ClockState:
        """As clocks keep it."""
        return ClockState() if self.mode == "real" else ClockState(self.mode, self.now or real_now, real_now, self.rate)


def _clock(value: object) -> object:
    if isinstance(value, str):
        return {"mode": "real"} if value == "real" else {"mode": "frozen", "now": value}
    return value


def _seed(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


_START = '`"real"`, a time to stand still at, or `{"mode": "accelerated", "now": "2026-01-31T00:00:00Z", "rate": 60}`.'
_SEED = "Of the same seed and clock, the same requests get the same answers; a text or a whole number."
Start = Annotated[ClockStart, BeforeValidator(_clock), Field(description=_START)]
Seed = Annotated[str, Field(min_length=1, max_length=255, description=_SEED), BeforeValidator(_seed)]
SnapshotName = Annotated[str, Field(pattern=SNAPSHOT_PATTERN, description="Letters, digits, `_`, `-` and `.`; at most 48.")]


class CreateWorkspace(NewName):
    """`clock` and `seed` default to what the server was started with. Of one seed and clock, the same requests give the same answers."""

    clock: Start | None = None
    seed: Seed | None = None


class ResetRequest(BaseModel):
    """Another clock and seed to begin with, from now on."""

    model_config = ConfigDict(extra="forbid")

    clock: Start | None = None
    seed: Seed | None = None


class ForkRequest(NewName):
    """`snapshot`: fork from there instead of the present."""

    snapshot: SnapshotName | None = None


class SnapshotRequest(BaseModel):
    """`replace` one that has the name."""

    model_config = ConfigDict(extra="forbid")

    name: SnapshotName
    replace: bool = False


class RestoreRequest(BaseModel):
    """Which snapshot to go back to."""

    model_config = ConfigDict(extra="forbid")

    snapshot: SnapshotName


class ClockView(BaseModel):
    """A clock as it stands; `now` is null for one that only its mode describes."""

    mode: ClockMode
    now: str | None
    rate: float


class WorkspaceItem(BaseModel):
    """`clock` is null while the workspace is not open: nobody has used it since the server started."""

    environment_id: str
    name: str
    type: str
    created_at: str
    clock: ClockView | None


class WorkspaceList(BaseModel):
    """Oldest first."""

    items: list[WorkspaceItem]


class WorkspaceView(WorkspaceItem):
    """`objects` counts the rows of each table that has any; `due` is how much work waits for its time."""

    seed: str
    snapshots: list[str]
    objects: dict[str, int]
    due: int


class NewWorkspaceView(WorkspaceView):
    """With the key that works in it."""

    api_key: str


class Deleted(BaseModel):
    environment_id: str


class SnapshotView(BaseModel):
    """`now` is the workspace's time in it, `created_at` the machine's when it was taken."""

    name: str
    now: str
    created_at: str

    @classmethod
    def of(cls, snapshot: Snapshot) -> "SnapshotView":
        return cls(name=snapshot.name, now=time_text(snapshot.now), created_at=time_text(snapshot.created_at))


class SnapshotList(BaseModel):
    """Oldest first."""

    environment_id: str
    items: list[SnapshotView]


class Side(BaseModel):
    """What was compared; `snapshot` is null for the present content."""

    environment_id: str
    snapshot: str | None


class FieldChange(BaseModel):
    a: Any
    b: Any


class ChangeView(BaseModel):
    """An object that both have, and the fields that differ."""

    id: str
    fields: dict[str, FieldChange]

    @classmethod
    def of(cls, change: Change) -> "ChangeView":
        fields = {name: {"a": old, "b": new} for name, (old, new) in change.fields.items()}
        return cls(id=change.id, fields={name: FieldChange(**sides) for name, sides in redact_value(fields).items()})


class TableView(BaseModel):
    """`added`: only b has it, `removed`: only a has it. The lists end at `limit`, and are empty for usage; the counts are whole."""

    added: list[str]
    removed: list[str]
    changed: list[ChangeView]
    added_count: int
    removed_count: int
    changed_count: int

    @classmethod
    def of(cls, found: TableDifference) -> "TableView":
        counts = {"added_count": found.added_count, "removed_count": found.removed_count, "changed_count": found.changed_count}
        return cls(added=found.added, removed=found.removed, changed=[ChangeView.of(change) for change in found.changed], **counts)


class ClockChange(BaseModel):
    a: ClockView
    b: ClockView


class DiffView(BaseModel):
    """Tables and clocks that differ."""

    a: Side
    b: Side
    equal: bool
    clock: ClockChange | None
    tables: dict[str, TableView]

    @classmethod
    def of(cls, a: Side, b: Side, found: Difference) -> "DiffView":
        clock = None if found.clock is None else ClockChange(a=ClockView(**found.clock[0]), b=ClockView(**found.clock[1]))
        tables = {name: TableView.of(table) for name, table in found.tables.items()}
        return cls(a=a, b=b, equal=not found, clock=clock, tables=tables)
