"""`faults`: rules by which things go wrong on purpose."""

from typing import Annotated, Any
from urllib.parse import quote

import typer

from flexprice_emulator.cli.control_plane import ControlPlane, commands
from flexprice_emulator.faults.rules import Kind

app = typer.Typer(no_args_is_help=True, help="Things that go wrong on purpose in a running emulator, by workspace (docs/faults.md).")
_command = commands(app, lambda plane: plane, only="breaks on purpose")

FaultId = Annotated[str, typer.Argument(metavar="FAULT", help="fault_…, as `faults list` shows it.")]


@_command("list")
def list_(plane: ControlPlane) -> None:
    """List the rules and how often each struck."""
    for rule in plane.call("GET", "/faults")["items"]:
        _say(rule)


@_command()
def add(
    plane: ControlPlane,
    kind: Annotated[Kind, typer.Argument(help="What goes wrong.")],
    operation: Annotated[
        str, typer.Argument(help="`POST /v1/events`, `create_customer`, `/wallets/*`, an event's name for webhooks.")
    ] = "*",
    probability: Annotated[float | None, typer.Option(help="Of each match: more than 0, at most 1.")] = None,
    count: Annotated[int | None, typer.Option(help="Strike so often in all.", min=1)] = None,
    after: Annotated[int | None, typer.Option(help="Leave the first so many alone.", min=0)] = None,
    seed: Annotated[str | None, typer.Option(help="Another seed strikes other matches.")] = None,
    option: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="What the kind adds, such as status=503; repeatable.")
    ] = None,
) -> None:
    """Set a rule."""
    given = {"kind": kind, "operation": operation, "probability": probability, "count": count, "after": after, "seed": seed}
    body: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    for text in option or []:
        name, equals, value = text.partition("=")
        if not equals:
            raise typer.BadParameter(f"{text!r}: give NAME=VALUE, such as status=503", param_hint="--set")
        body[name] = _value(value)
    _say(plane.call("POST", "/faults", body))


@_command()
def remove(plane: ControlPlane, fault_id: FaultId) -> None:
    """Remove a rule, and print how it ended."""
    _say(plane.call("DELETE", f"/faults/{quote(fault_id, safe='')}"))


@_command()
def clear(plane: ControlPlane) -> None:
    """Remove all rules, and print how they ended."""
    for rule in plane.call("DELETE", "/faults")["items"]:
        _say(rule)


def _value(text: str) -> Any:
    if text == "null":
        return None
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text


def _say(rule: dict[str, Any]) -> None:
    options = "".join(f" {name}={value}" for name, value in sorted(rule["options"].items()) if value is not None)
    chance = f" probability={rule['probability']:g} seed={rule['seed']}" if rule["probability"] < 1 else ""
    skipped = f" after={rule['after']}" if rule["after"] else ""
    limit = f" of {rule['count']}" if rule["count"] is not None else ""
    state = ", used up" if rule["state"] == "used_up" else ""
    times, matches = "time" if (rule["count"] or rule["injected"]) == 1 else "times", "match" if rule["matched"] == 1 else "matches"
    struck = f"struck {rule['injected']}{limit} {times} in {rule['matched']} {matches}{state}"
    typer.echo(f"{rule['id']} {rule['kind']} {rule['operation']}{options}{chance}{skipped}: {struck}")
