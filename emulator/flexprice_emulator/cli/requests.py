"""`requests`: what was asked and answered."""

import json
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import typer

from flexprice_emulator.cli.control_plane import ControlPlane, commands, failure

app = typer.Typer(no_args_is_help=True, help="Requests to a running emulator and its answers, by workspace (docs/requests.md).")
_command = commands(app, lambda plane: plane, only="keeps a log of its requests")

Operation = Annotated[str | None, typer.Option(help="`POST /v1/events`, `create_customer`, `/wallets/*`.")]
Status = Annotated[str | None, typer.Option(help="`201`, `4xx`, or `none` where no answer was sent.")]
Body = Annotated[str | None, typer.Option(metavar="JSON", help="A part of the request's body.")]
Response = Annotated[str | None, typer.Option(metavar="JSON", help="A part of the answer's body.")]
Since = Annotated[int | None, typer.Option(help="Only those after this number.", min=0)]


@_command("list")
def list_(
    plane: ControlPlane,
    operation: Operation = None,
    status: Status = None,
    body: Body = None,
    response: Response = None,
    since: Since = None,
    limit: Annotated[int, typer.Option(help="Show the last so many.", min=1, max=10_000)] = 20,
) -> None:
    """List requests, oldest first."""
    query = _query(operation=operation, status=status, body=body, response=response, since=since, limit=limit)
    for item in plane.call("GET", f"/requests{query}")["items"]:
        status_text = "no answer" if item["status"] is None else str(item["status"])
        faults = f" ({', '.join(item['faults'])})" if item["faults"] else ""
        query_text = f"?{urlencode([tuple(pair) for pair in item['query']])}" if item["query"] else ""
        typer.echo(
            f"{item['number']} {item['time']} {item['method']} {item['path']}{query_text} {status_text}, {item['duration_ms']:g} ms{faults}"
        )


@_command()
def show(plane: ControlPlane, number: Annotated[int, typer.Argument(help="As `requests list` shows it.")]) -> None:
    """Print one with its bodies."""
    typer.echo(json.dumps(plane.call("GET", f"/requests/{number}"), indent=2, ensure_ascii=False))


@_command("assert")
def assert_(
    plane: ControlPlane,
    operation: Operation = None,
    status: Status = None,
    body: Body = None,
    response: Response = None,
    since: Since = None,
    count: Annotated[int | None, typer.Option(help="Exactly so many.", min=0)] = None,
    at_least: Annotated[int | None, typer.Option(help="So many or more; 1 where nothing is said.", min=0)] = None,
    at_most: Annotated[int | None, typer.Option(help="So many or fewer.", min=0)] = None,
    never: Annotated[bool, typer.Option("--never", help="None.")] = False,
) -> None:
    """Exit with 1, and say what came instead, unless so many requests came."""
    given = {"operation": operation, "status": status, "since": since, "count": count, "at_least": at_least, "at_most": at_most}
    wanted: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    wanted |= {name: _json(name, text) for name, text in (("body", body), ("response", response)) if text is not None}
    found = plane.call("POST", "/requests/assert", {**wanted, "never": never})
    typer.echo(f"{found['count']} {'request' if found['count'] == 1 else 'requests'}")


@_command()
def har(
    plane: ControlPlane,
    file: Annotated[Path | None, typer.Argument(help="Where to write it; else it is printed.", dir_okay=False)] = None,
    operation: Operation = None,
    status: Status = None,
) -> None:
    """Export as an HTTP archive (HAR 1.2)."""
    text = json.dumps(plane.call("GET", f"/requests/har{_query(operation=operation, status=status)}"), indent=2, ensure_ascii=False)
    if file is None:
        typer.echo(text)
        return
    try:
        file.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise failure(f"{file}: {error.strerror or error}") from None


@_command()
def clear(plane: ControlPlane) -> None:
    """Forget them."""
    typer.echo(f"{plane.call('DELETE', '/requests')['cleared']} forgotten")


def _query(**given: Any) -> str:
    kept = {name: value for name, value in given.items() if value is not None}
    return f"?{urlencode(kept)}" if kept else ""


def _json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise failure(f'--{name}: not JSON; give a part of the body, such as {{"event_name": "image"}}') from None
