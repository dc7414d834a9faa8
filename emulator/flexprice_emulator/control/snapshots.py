"""/_emulator/snapshots: keep what a workspace is under a name, and go back to it."""

from typing import Annotated

from fastapi import Path

from flexprice_emulator.control.named import SNAPSHOT_PATTERN, Named, Workspaces
from flexprice_emulator.control.workspace_models import (
    RestoreRequest,
    SnapshotList,
    SnapshotRequest,
    SnapshotView,
    WorkspaceView,
)
from flexprice_emulator.control.workspaces import view
from flexprice_emulator.workspace import copies


def take_snapshot(request: SnapshotRequest, workspace: Named, registry: Workspaces) -> SnapshotView:
    """Keep everything, the clock and the id source included."""
    return SnapshotView.of(copies.take(registry, workspace, request.name, replace=request.replace))


def list_snapshots(workspace: Named, registry: Workspaces) -> SnapshotList:
    """All snapshots of the workspace."""
    items = [SnapshotView.of(snapshot) for snapshot in copies.snapshots(registry, workspace)]
    return SnapshotList(environment_id=workspace.environment_id, items=items)


def delete_snapshot(name: Annotated[str, Path(pattern=SNAPSHOT_PATTERN)], workspace: Named, registry: Workspaces) -> SnapshotList:
    """Forget one. Answers those that are left."""
    copies.drop(registry, workspace, name)
    return list_snapshots(workspace, registry)


def restore_snapshot(request: RestoreRequest, workspace: Named, registry: Workspaces) -> WorkspaceView:
    """Back to a snapshot, the clock too. An advance that is under way ends; webhooks that waited then wait again."""
    copies.restore(registry, workspace, request.snapshot)
    return view(registry, workspace)
