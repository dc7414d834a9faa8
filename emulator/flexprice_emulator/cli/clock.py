"""`clock`: read and move the clock of a running emulator."""

from typing import Annotated, Any, Literal

import httpx
import typer

from flexprice_client.config import load_config
from flexprice_client.errors import ConfigError

app = typer.Typer(no_args_is_help=True, help="The clock of a running emulator, by workspace.")

Time = Annotated[str, typer.Argument(metavar="TIME", help="Such as 2026-01-31T00:00:00Z.")]
BaseUrl = Annotated[str | None, typer.Option(help="Ends in /v1. Else FLEXPRICE_BASE_URL, a profile, or the local emulator.")]
ApiKey = Annotated[str | None, typer.Option(help="Names the workspace. Else FLEXPRICE_API_KEY or a profile.")]
EnvironmentId = Annotated[str | None, typer.Option("--environment", help="Environment id, for keys that are not bound to one.")]
Profile = Annotated[str | None, typer.Option(help="Profile of flexprice.toml.")]
NoSettle = Annotated[bool, typer.Option("--no-settle", help="Leave what becomes due for later.")]

# An advance answers when all of it is performed.
_TIMEOUT = httpx.Timeout(10.0, read=None)


@app.command()
def show(base_url: BaseUrl = None, api_key: ApiKey = None, environment: EnvironmentId = None, profile: Profile = None) -> None:
    """Print the time, the mode, and what happens next."""
    target = _Target(base_url, api_key, environment, profile)
    _say_clock(target.call("GET", "/clock"))
    waiting = target.call("GET", "/due?limit=1")
    for item in waiting["items"]:
        typer.echo(f"next {item['due_at']} {item['key']} ({waiting['count']} waiting)")


@app.command()
def advance(
    by: Annotated[str | None, typer.Argument(metavar="[DURATION]", help="ISO 8601, such as P1M, P1DT12H or PT30M.")] = None,
    to: Annotated[str | None, typer.Option(help="Advance to this time instead.")] = None,
    base_url: BaseUrl = None,
    api_key: ApiKey = None,
    environment: EnvironmentId = None,
    profile: Profile = None,
) -> None:
    """Move forward; renewals, expiries and all else that falls due on the way happens at its time. Exits with 1 when some of it failed."""
    if (by is None) == (to is None):
        raise _failure("give either a duration, such as P1M, or --to TIME")
    body = {"by": by} if to is None else {"to": to}
    _say_report(_Target(base_url, api_key, environment, profile).call("POST", "/clock/advance", body))


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
    _say_report(_Target(base_url, api_key, environment, profile).call("POST", "/clock", body))


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
    target = _Target(base_url, api_key, environment, profile)
    held = target.call("GET", "/clock")
    chosen = mode or {"real": "shifted"}.get(held["mode"], held["mode"])
    kept = held["rate"] if mode is None and rate == 1.0 else rate
    _say_report(target.call("POST", "/clock", {"mode": chosen, "now": time, "rate": kept, "settle": not no_settle}))


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
    _say_report(_Target(base_url, api_key, environment, profile).call("POST", "/clock", body))


class _Target:
    """The control plane of the emulator that the configuration names."""

    def __init__(self, base_url: str | None, api_key: str | None, environment: str | None, profile: str | None) -> None:
        try:
            config = load_config(base_url=base_url, api_key=api_key, environment_id=environment, profile=profile)
        except ConfigError as error:
            raise _failure(str(error)) from None
        if not config.is_local:
            raise _failure(f"{config.base_url} is not an emulator: only an emulator has a clock to move")
        self._url = config.base_url.removesuffix("/v1") + "/_emulator"
        self._headers = {"x-api-key": config.api_key}
        if config.environment_id:
            self._headers["X-Environment-ID"] = config.environment_id

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The JSON answer; exits with one line for anything else."""
        try:
            answer = httpx.request(method, self._url + path, json=body, headers=self._headers, timeout=_TIMEOUT)
        except httpx.HTTPError as error:
            raise _failure(f"{self._url}: {error or type(error).__name__}; is `flexprice-emulator serve` running there?") from None
        try:
            content = answer.json()
        except ValueError:
            content = {}
        if answer.is_success and isinstance(content, dict):
            return content
        detail = content.get("detail") if isinstance(content, dict) else None
        if isinstance(detail, list):
            detail = "; ".join(f"{'.'.join(map(str, item['loc'][1:]))}: {item['msg']} (got {item.get('input')!r})" for item in detail)
        raise _failure(str(detail or f"{self._url}: status {answer.status_code}; is it an emulator?"))


def _say_clock(clock: dict[str, Any]) -> None:
    rate = f" at rate {clock['rate']:g}" if clock["mode"] == "accelerated" else ""
    typer.echo(f"{clock['now']} {clock['mode']}{rate} (environment {clock['environment_id']})")


def _say_report(report: dict[str, Any]) -> None:
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
    if report["failed_count"]:
        raise typer.Exit(1)


def _failure(message: str) -> typer.Exit:
    typer.echo(message, err=True)
    return typer.Exit(1)
