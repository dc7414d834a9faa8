"""`clock`: read and move the clock of a running emulator."""

from typing import Annotated, Any, Literal

import typer

from flexprice_emulator.cli.control_plane import ApiKey, BaseUrl, ControlPlane, EnvironmentId, Profile, failure

app = typer.Typer(no_args_is_help=True, help="The clock of a running emulator, by workspace.")

Time = Annotated[str, typer.Argument(metavar="TIME", help="Such as 2026-01-31T00:00:00Z.")]
NoSettle = Annotated[bool, typer.Option("--no-settle", help="Leave what becomes due for later.")]


@app.command()
def show(base_url: BaseUrl = None, api_key: ApiKey = None, environment: EnvironmentId = None, profile: Profile = None) -> None:
    """Print the time, the mode, and what happens next."""
    target = _control(base_url, api_key, environment, profile)
    _say_clock(target.call("GET", "/clock"))
    _say_next(target)


@app.command()
def advance(
    by: Annotated[str | None, typer.Argument(metavar="[DURATION]", help="ISO 8601, such as P1M, P1DT12H or PT30M.")] = None,
    to: Annotated[str | None, typer.Option(help="Advance to this time instead.")] = None,
    base_url: BaseUrl = None,
    api_key: ApiKey = None,
    environment: EnvironmentId = None,
    profile: Profile = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Stop after so many rows of due work; at most, and else, 10000000.")] = None,
) -> None:
    """Move forward; renewals, expiries and all else that falls due on the way happens at its time.

    Exits with 1 when some of it failed, or when it stopped at the limit: the clock stands at the last row then, and advancing to the same
    time again goes on from there.
    """
    if (by is None) == (to is None):
        raise failure("give either a duration, such as P1M, or --to TIME")
    body: dict[str, Any] = {"by": by} if to is None else {"to": to}
    if limit is not None:
        body["limit"] = limit
    _move(_control(base_url, api_key, environment, profile), "/clock/advance", body)


@app.command()
def freeze(
    at: Annotated[str | None, typer.Argument(metavar="[TIME]", help="Default: the present time.")] = None,
    base_url: BaseUrl = None,
    api_key: ApiKey = None,
    environment: EnvironmentId = None,
    profile: Profile = None,
    no_settle: NoSettle = False,
) -> None:
    """Let time stand still."""
    body = {"mode": "frozen", "now": at, "settle": not no_settle}
    _move(_control(base_url, api_key, environment, profile), "/clock", body)


@app.command("set")
def set_(
    time: Time,
    mode: Annotated[
        Literal["frozen", "shifted", "accelerated"] | None, typer.Option(help="Default: as it is; real becomes shifted.")
    ] = None,
    rate: Annotated[float, typer.Option(help="Seconds per second, in mode accelerated.")] = 1.0,
    base_url: BaseUrl = None,
    api_key: ApiKey = None,
    environment: EnvironmentId = None,
    profile: Profile = None,
    no_settle: NoSettle = False,
) -> None:
    """Set the time, forward or back. Forward performs what becomes due; back undoes nothing."""
    target = _control(base_url, api_key, environment, profile)
    held = target.call("GET", "/clock")
    chosen = mode or {"real": "shifted"}.get(held["mode"], held["mode"])
    kept = held["rate"] if mode is None and rate == 1.0 else rate
    _move(target, "/clock", {"mode": chosen, "now": time, "rate": kept, "settle": not no_settle})


@app.command()
def real(
    base_url: BaseUrl = None,
    api_key: ApiKey = None,
    environment: EnvironmentId = None,
    profile: Profile = None,
    no_settle: NoSettle = False,
) -> None:
    """Follow the machine's clock again."""
    body = {"mode": "real", "settle": not no_settle}
    _move(_control(base_url, api_key, environment, profile), "/clock", body)


def _control(base_url: str | None, api_key: str | None, environment: str | None, profile: str | None) -> ControlPlane:
    return ControlPlane(base_url, api_key, environment, profile, only="has a clock to move")


def _say_clock(clock: dict[str, Any]) -> None:
    rate = f" at rate {clock['rate']:g}" if clock["mode"] == "accelerated" else ""
    typer.echo(f"{clock['now']} {clock['mode']}{rate} (environment {clock['environment_id']})")


def _say_next(target: ControlPlane) -> None:
    waiting = target.call("GET", "/due?limit=1")
    for item in waiting["items"]:
        typer.echo(f"next {item['due_at']} {item['key']} ({waiting['count']} waiting)")


def _move(target: ControlPlane, path: str, body: dict[str, Any]) -> None:
    """Set or advance the clock, and say what happened on the way and what is next."""
    report = target.call("POST", path, body)
    for item in report["performed"]:
        typer.echo(f"{item['due_at']} {item['key']}")
    if report["performed_count"] > len(report["performed"]):
        typer.echo(f"and {report['performed_count'] - len(report['performed'])} more")
    for item in report["failed"]:
        again = f"again at {item['retry_at']}" if item["retry_at"] else "given up"
        typer.echo(f"{item['due_at']} {item['key']} failed: {item['error']} ({again})", err=True)
    if report["failed_count"] > len(report["failed"]):
        typer.echo(f"and {report['failed_count'] - len(report['failed'])} more failures", err=True)
    _say_clock(report)
    _say_next(target)
    stopped = report.get("stopped")
    if stopped:
        typer.echo(f"stopped after {stopped['limit']} rows of due work; to go on: clock advance --to {stopped['target']}", err=True)
    if report["failed_count"] or stopped:
        raise typer.Exit(1)
