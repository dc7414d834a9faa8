"""`snapshot`: keep what a workspace is, and go back to it."""

from typing import Annotated

import typer

from flexprice_emulator.cli.control_plane import ControlPlane, commands
from flexprice_emulator.cli.workspace import CURRENT, path_of

app = typer.Typer(no_args_is_help=True, help="What a workspace was, to go back to: its data, clock and ids (docs/workspaces.md).")
_command = commands(app, lambda plane: plane, only="keeps snapshots")

Named = Annotated[str, typer.Argument(metavar="NAME", help="Letters, digits, `_`, `-` and `.`.")]
Of = Annotated[
    str, typer.Option("--workspace", metavar="WORKSPACE", help="An environment id, a key sk_ws_…, or `current`: that of --api-key.")
]


@_command()
def create(
    plane: ControlPlane,
    name: Named,
    replace: Annotated[bool, typer.Option("--replace", help="In place of one that has the name.")] = False,
    workspace: Of = CURRENT,
) -> None:
    """Keep the workspace as it is now."""
    made = plane.call("POST", path_of(workspace, "snapshots"), {"name": name, "replace": replace})
    typer.echo(f"{made['name']} at {made['now']}")


@_command("list")
def list_(plane: ControlPlane, workspace: Of = CURRENT) -> None:
    """List the snapshots, the oldest first."""
    for item in plane.call("GET", path_of(workspace, "snapshots"))["items"]:
        typer.echo(f"{item['name']} at {item['now']} (taken {item['created_at']})")


@_command()
def restore(plane: ControlPlane, name: Named, workspace: Of = CURRENT) -> None:
    """Go back to a snapshot, the clock too."""
    back = plane.call("POST", path_of(workspace, "restore"), {"snapshot": name})
    typer.echo(f"back at {back['clock']['now']} {back['clock']['mode']} (environment {back['environment_id']})")


@_command()
def delete(plane: ControlPlane, name: Named, workspace: Of = CURRENT) -> None:
    """Forget a snapshot."""
    plane.call("DELETE", path_of(workspace, "snapshots", name))
