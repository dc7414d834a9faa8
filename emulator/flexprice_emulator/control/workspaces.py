"""/_emulator/workspaces: make, list, show, delete, reset, fork and compare them."""

from contextlib import ExitStack
from typing import Annotated, Any

from fastapi import HTTPException, Query, Request
from sqlalchemy import func, select

from flexprice_client.models.base import time_text
from flexprice_emulator.control.held import Server
from flexprice_emulator.control.named import CURRENT, Address, EnvironmentHeader, KeyHeader, Named, Workspaces, find
from flexprice_emulator.control.workspace_models import (
    ClockView,
    CreateWorkspace,
    Deleted,
    DiffView,
    ForkRequest,
    NewWorkspaceView,
    ResetRequest,
    Side,
    WorkspaceItem,
    WorkspaceList,
    WorkspaceView,
)
from flexprice_emulator.platform.tables import EnvironmentRow
from flexprice_emulator.workspace import copies
from flexprice_emulator.workspace.difference import Difference, compare
from flexprice_emulator.workspace.due_rows import DueRow
from flexprice_emulator.workspace.registry import PRODUCTION_ID, SANDBOX_ID, Registry
from flexprice_emulator.workspace.storage import Meta, Table
from flexprice_emulator.workspace.workspace import Workspace

_LASTING = {SANDBOX_ID: "sandbox", PRODUCTION_ID: "production"}
_Compared = Query(description=f"An environment id, a key `sk_ws_…` or `{CURRENT}`; with `@name` behind it, that snapshot of it.")


def create_workspace(registry: Workspaces, request: CreateWorkspace | None = None) -> NewWorkspaceView:
    """A new workspace with the server's rules. Answers its key."""
    wanted = request or CreateWorkspace()
    address = wanted.settle(registry)
    clock = None if wanted.clock is None else wanted.clock.state(registry.root.clock.real_now())
    beginning = registry.beginning(address.environment_id, clock=clock, seed=wanted.seed)
    workspace = registry.add(address.environment_id, address.name, address.kind, registry.databases.template, beginning)
    return new_view(registry, workspace, address)


def list_workspaces(registry: Workspaces) -> WorkspaceList:
    """All environments, those of keys included."""
    opened = {workspace.environment_id: workspace for workspace in registry.opened()}
    with registry.root.transaction() as session:
        wanted = select(EnvironmentRow).where(EnvironmentRow.status == "published")
        rows = session.scalars(wanted.order_by(EnvironmentRow.created_at, EnvironmentRow.id)).all()
    return WorkspaceList(items=[_item(row, opened.get(row.id)) for row in rows])


def show_workspace(workspace: Named, registry: Workspaces) -> WorkspaceView:
    """Its clock, seed and snapshots, and how much it holds."""
    return view(registry, workspace)


def delete_workspace(workspace: Named, registry: Workspaces, server: Server) -> Deleted:
    """Remove it for good, with its snapshots and keys. A key sk_ws_… makes a new one when it is used again."""
    if workspace.environment_id in _LASTING:
        name = _LASTING[workspace.environment_id]
        way = f"POST /_emulator/workspaces/{workspace.environment_id}/reset"
        raise HTTPException(409, f"the {name} is always there; to empty it, reset it ({way})")
    registry.delete(workspace.environment_id)
    # What the control plane keeps of it in memory is not for the next one of that key.
    if server.faults is not None:
        server.faults.remove(workspace.environment_id)
    if server.request_log is not None:
        server.request_log.clear(workspace.environment_id)
    return Deleted(environment_id=workspace.environment_id)


def reset_workspace(workspace: Named, registry: Workspaces, request: ResetRequest | None = None) -> WorkspaceView:
    """Back to the server's rules, and to the clock and seed it began with. Snapshots stay."""
    wanted = request or ResetRequest()
    clock = None if wanted.clock is None else wanted.clock.state(workspace.clock.real_now())
    copies.reset(registry, workspace, clock=clock, seed=wanted.seed)
    return view(registry, workspace)


def fork_workspace(workspace: Named, registry: Workspaces, request: ForkRequest | None = None) -> NewWorkspaceView:
    """A new workspace that goes on from here: the same requests give the same answers in both. Answers its key."""
    wanted = request or ForkRequest()
    address = wanted.settle(registry)
    forked = copies.fork(registry, workspace, address.environment_id, address.name, address.kind, wanted.snapshot)
    return new_view(registry, forked, address)


def diff_workspaces(
    request: Request,
    registry: Workspaces,
    b: Annotated[str, _Compared] = CURRENT,
    a: Annotated[str, _Compared] = CURRENT,
    limit: Annotated[int, Query(ge=0, le=100_000)] = 1000,
    environment_id: EnvironmentHeader = None,
    key: KeyHeader = None,
) -> DiffView:
    """What `b` has other than `a`, by table and object id; usage is counted."""
    sides: list[tuple[Workspace, str | None]] = []
    for named in (a, b):
        name, _, snapshot = named.partition("@")
        sides.append((find(request, name, environment_id, key), snapshot or None))
    first, second = (Side(environment_id=workspace.environment_id, snapshot=snapshot) for workspace, snapshot in sides)
    return DiffView.of(first, second, Difference() if first == second else _compare(registry, sides, limit))


def _compare(registry: Registry, sides: list[tuple[Workspace, str | None]], limit: int) -> Difference:
    with ExitStack() as held:
        # Whoever holds two takes them in this order.
        for workspace in sorted({workspace for workspace, _ in sides}, key=lambda workspace: workspace.environment_id):
            held.enter_context(workspace.lock)
        connections = []
        for workspace, snapshot in sides:
            database = held.enter_context(copies.content(registry, workspace, snapshot))
            connections.append(held.enter_context(database.engine.begin()))
        first, second = (workspace.environment_id for workspace, _ in sides)
        return compare(connections[0], connections[1], limit, (first, second))


def view(registry: Registry, workspace: Workspace) -> WorkspaceView:
    """A workspace as it stands."""
    with workspace.transaction() as session:
        objects = {}
        for table in Table.metadata.sorted_tables:
            count = 0 if table is Meta.__table__ else session.scalar(select(func.count()).select_from(table)) or 0
            if count:
                objects[table.name] = count
        due = session.scalar(select(func.count()).select_from(DueRow).where(DueRow.state == "waiting")) or 0
        snapshots = registry.databases.saved(workspace.environment_id)
        seed = workspace.ids.seed
    with registry.root.transaction() as session:
        row = session.get_one(EnvironmentRow, workspace.environment_id)
    item = _item(row, workspace).model_dump()
    return WorkspaceView(**item, seed=seed, snapshots=snapshots, objects=objects, due=due)


def new_view(registry: Registry, workspace: Workspace, address: Address) -> NewWorkspaceView:
    """A workspace that was just made, with its key."""
    address.enter_key(registry)
    return NewWorkspaceView(**view(registry, workspace).model_dump(), api_key=address.key)


def _item(row: EnvironmentRow, workspace: Workspace | None) -> WorkspaceItem:
    fields: dict[str, Any] = {"environment_id": row.id, "name": row.name, "type": row.type, "created_at": time_text(row.created_at)}
    if workspace is None:
        return WorkspaceItem(**fields, clock=None)
    state = workspace.clock.state
    return WorkspaceItem(**fields, clock=ClockView(mode=state.mode, now=time_text(workspace.clock.now()), rate=state.rate))
