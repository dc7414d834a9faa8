"""/_emulator/export and /import: a workspace as one file."""

from contextlib import closing
from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.responses import Response

from flexprice_emulator.control.named import SNAPSHOT_PATTERN, Named, NewName, Workspaces
from flexprice_emulator.control.workspace_models import NewWorkspaceView, WorkspaceView
from flexprice_emulator.control.workspaces import new_view, view
from flexprice_emulator.workspace import copies
from flexprice_emulator.workspace.archive import MEDIA_TYPE


async def _content(request: Request) -> bytes:
    return await request.body()


Content = Annotated[bytes, Depends(_content)]


def export_workspace(
    workspace: Named, registry: Workspaces, snapshot: Annotated[str | None, Query(pattern=SNAPSHOT_PATTERN)] = None
) -> Response:
    """The present content, or that of a snapshot, as a file that any emulator of this version or a later one can import."""
    content = copies.export(registry, workspace, snapshot)
    name = workspace.environment_id + (f"@{snapshot}" if snapshot else "")
    return Response(content, media_type=MEDIA_TYPE, headers={"content-disposition": f'attachment; filename="{name}.workspace.gz"'})


def import_workspace(workspace: Named, registry: Workspaces, content: Content) -> WorkspaceView:
    """Replace the content by that of a file (the body). A file that cannot be read changes nothing."""
    with closing(copies.unpack(registry, content)) as imported:
        workspace.become(imported)
    return view(registry, workspace)


def import_new_workspace(wanted: Annotated[NewName, Query()], registry: Workspaces, content: Content) -> NewWorkspaceView:
    """A new workspace with the content of a file (the body). Answers its key."""
    with closing(copies.unpack(registry, content)) as imported:
        address = wanted.settle(registry)
        workspace = registry.add(address.environment_id, address.name, address.kind, imported, copies.as_it_is)
    return new_view(registry, workspace, address)
