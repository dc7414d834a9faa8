"""`workspace`: make, list, show, delete, reset, fork, compare, export and import workspaces."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import typer

from flexprice_emulator.cli.control_plane import ControlPlane, commands, failure

app = typer.Typer(
    no_args_is_help=True, help="Workspaces of a running emulator, with data, clock and ids of their own (docs/workspaces.md)."
)
_command = commands(app, lambda plane: plane, only="has workspaces to copy")

CURRENT = "current"
SHOWN = 20

Which = Annotated[str, typer.Argument(metavar="WORKSPACE", help="An environment id, a key sk_ws_…, or `current`: that of --api-key.")]
Side = Annotated[str, typer.Argument(metavar="WORKSPACE[@SNAPSHOT]", help="As for other commands; with a snapshot's name: as it was then.")]
Clock = Annotated[str | None, typer.Option(help="`real`, or a time such as 2026-01-31T00:00:00Z to stop at.")]
Seed = Annotated[str | None, typer.Option(help="Of the same seed and clock, the same requests give the same answers.")]
Name = Annotated[str, typer.Option(help="What `workspace list` shows.")]
Key = Annotated[str | None, typer.Option(help="sk_ws_… to work in it; a random one by default.")]
Id = Annotated[str | None, typer.Option("--id", help="Environment id, instead of a key of one's own.")]
Snapshot = Annotated[str | None, typer.Option(help="This snapshot instead of the present.")]


@_command()
def create(plane: ControlPlane, name: Name = "", clock: Clock = None, seed: Seed = None, key: Key = None, id: Id = None) -> None:
    """Make a workspace with the server's rules, and print its key."""
    _say_new(plane.call("POST", "/workspaces", _given(name=name, clock=clock, seed=seed, key=key, environment_id=id)))


@_command("list")
def list_(plane: ControlPlane) -> None:
    """List all environments, those of keys included."""
    items = plane.call("GET", "/workspaces")["items"]
    ids, names = (max((len(item[field]) for item in items), default=0) for field in ("environment_id", "name"))
    for item in items:
        clock = item["clock"]
        state = f"{clock['now']} {clock['mode']}" if clock else "(not in use)"
        typer.echo(f"{item['environment_id']:{ids}}  {item['name']:{names}}  {state}")


@_command()
def show(plane: ControlPlane, workspace: Which = CURRENT) -> None:
    """Print clock, seed and snapshots, and how much it holds."""
    _say(plane.call("GET", path_of(workspace)))


@_command()
def delete(plane: ControlPlane, workspace: Which) -> None:
    """Remove a workspace for good, with its snapshots."""
    typer.echo(f"deleted {plane.call('DELETE', path_of(workspace))['environment_id']}")


@_command()
def reset(plane: ControlPlane, workspace: Which = CURRENT, clock: Clock = None, seed: Seed = None) -> None:
    """Back to the server's rules, and to the clock and seed it began with. Snapshots stay."""
    _say(plane.call("POST", path_of(workspace, "reset"), _given(clock=clock, seed=seed)))


@_command()
def fork(
    plane: ControlPlane, workspace: Which = CURRENT, snapshot: Snapshot = None, name: Name = "", key: Key = None, id: Id = None
) -> None:
    """Make a workspace that goes on from this one, and print its key."""
    _say_new(plane.call("POST", path_of(workspace, "fork"), _given(snapshot=snapshot, name=name, key=key, environment_id=id)))


@_command()
def export(
    plane: ControlPlane,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; - prints it.", allow_dash=True)],
    workspace: Which = CURRENT,
    snapshot: Snapshot = None,
) -> None:
    """Write everything into one file."""
    content = plane.fetch(path_of(workspace, "export") + (f"?{urlencode({'snapshot': snapshot})}" if snapshot else ""))
    if str(file) == "-":
        sys.stdout.buffer.write(content)
        return
    try:
        file.write_bytes(content)
    except OSError as error:
        raise failure(f"{file}: {error.strerror}") from None
    typer.echo(f"{file}: {len(content):,} bytes")


@_command("import")
def import_(
    plane: ControlPlane,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An export; - reads it.", allow_dash=True)],
    into: Annotated[str | None, typer.Option(metavar="WORKSPACE", help="Replace this one's content instead of making a workspace.")] = None,
    name: Name = "",
    key: Key = None,
    id: Id = None,
) -> None:
    """Make a workspace from a file and print its key, or replace one's content."""
    named = _given(name=name, key=key, environment_id=id)
    if into and named:
        raise failure("give either --into, or --name, --key and --id of a new one")
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise failure(f"{file}: {error.strerror}") from None
    if into:
        _say(plane.call("POST", path_of(into, "import"), content=content))
    else:
        _say_new(plane.call("POST", f"/workspaces/import?{urlencode(named)}", content=content))


@_command()
def diff(
    plane: ControlPlane,
    a: Side,
    b: Side = CURRENT,
    as_json: Annotated[bool, typer.Option("--json", help="Print all of it as JSON.")] = False,
) -> None:
    """Show what the second has other than the first; exits with 1 when that is anything."""
    if a == b:
        raise failure(f"{a} and {b} are the same: name two workspaces, or a snapshot of one, such as {a.partition('@')[0]}@before")
    found = plane.call("GET", f"/diff?{urlencode({'a': a, 'b': b, 'limit': 1000 if as_json else SHOWN})}")
    if as_json:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        for line in _lines(found):
            typer.echo(line)
    if not found["equal"]:
        raise typer.Exit(1)


def path_of(workspace: str, *rest: str) -> str:
    """Below /workspaces."""
    return "/".join(("/workspaces", quote(workspace, safe=""), *(quote(part, safe="") for part in rest)))


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}


def _say(view: dict[str, Any]) -> None:
    clock = view["clock"]
    typer.echo(f"{view['environment_id']} {view['name']}")
    typer.echo(f"clock {clock['now']} {clock['mode']}; seed {view['seed']}; {view['due']} due later")
    typer.echo(f"snapshots {', '.join(view['snapshots']) or 'none'}")
    typer.echo(f"holds {', '.join(f'{table} {count}' for table, count in view['objects'].items()) or 'nothing'}")


def _say_new(view: dict[str, Any]) -> None:
    _say(view)
    typer.echo(f"key {view['api_key']}")


def _lines(found: dict[str, Any]) -> list[str]:
    lines = []
    if found["clock"]:
        lines.append(f"clock: {' -> '.join(_clock(found['clock'][side]) for side in ('a', 'b'))}")
    for name, table in found["tables"].items():
        lines.append(f"{name}: {table['added_count']} added, {table['removed_count']} removed, {table['changed_count']} changed")
        lines += [f"  + {identity}" for identity in table["added"]]
        lines += [f"  - {identity}" for identity in table["removed"]]
        for change in table["changed"]:
            lines.append(f"  ~ {change['id']}")
            lines += [f"      {field}: {_text(values['a'])} -> {_text(values['b'])}" for field, values in change["fields"].items()]
    return lines or ["no difference"]


def _clock(view: dict[str, Any]) -> str:
    return " ".join(filter(None, (view["mode"], view["now"])))


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
