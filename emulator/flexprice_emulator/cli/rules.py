"""`rules`: check pricing rules, show what they would change, apply them, print their JSON Schema."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from flexprice_client import errors
from flexprice_client.config import Config, load_config
from flexprice_client.models.base import parse_time
from flexprice_client.transport import Transport
from flexprice_rules import Applied, ApplyError, Change, ClientTarget, Loaded, Ref, RulesError, load, plan
from flexprice_rules import apply as apply_rules
from flexprice_rules.packs import pack_names, pack_path
from flexprice_rules.schema import schema_text

app = typer.Typer(no_args_is_help=True, help="Pricing rules as code.")

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Rules files, read as one set; or the name of a pack.")]
BaseUrl = Annotated[
    str | None, typer.Option(help="Where to apply; ends in /v1. Else FLEXPRICE_BASE_URL, a profile, or the local emulator.")
]
ApiKey = Annotated[str | None, typer.Option(help="Else FLEXPRICE_API_KEY or a profile.")]
EnvironmentId = Annotated[str | None, typer.Option("--environment", help="Environment id, for keys that are not bound to one.")]
Profile = Annotated[str | None, typer.Option(help="Profile of flexprice.toml.")]
From = Annotated[
    str | None, typer.Option(metavar="TIME", help="When changed prices begin, such as 2026-01-31T00:00:00Z; now when left out.")
]
Sync = Annotated[bool, typer.Option("--sync", help="Have existing subscriptions follow their plans' prices, from when these begin.")]


@app.command()
def validate(files: Files) -> None:
    """Check rules without sending anything. Lists every error as file:line:column and exits with 1 when there is one."""
    loaded = _load(files)
    rules = loaded.rules
    prices = sum(len(owner.prices) for owner in (*rules.plans, *rules.addons))
    counts = ((len(rules.features), "feature"), (len(rules.plans), "plan"), (len(rules.addons), "add-on"), (prices, "price"))
    typer.echo(f"ok: {', '.join(_counted(count, noun) for count, noun in counts)}")


@app.command()
def apply(
    files: Files,
    base_url: BaseUrl = None,
    api_key: ApiKey = None,
    environment: EnvironmentId = None,
    profile: Profile = None,
    effective_from: From = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the changes, send none.")] = False,
    sync: Sync = False,
    live: Annotated[bool, typer.Option("--live", help="Allow a target that is not local.")] = False,
) -> None:
    """Make a Flexprice hold the rules. Safe to repeat: a second run changes nothing, and nothing is ever removed."""
    begin = _time(effective_from)
    loaded = _load(files)
    try:
        config = load_config(base_url=base_url, api_key=api_key, environment_id=environment, profile=profile)
    except errors.ConfigError as error:
        raise _failure(str(error)) from None
    if not (config.is_local or dry_run or live):
        raise _failure(f"{config.base_url} is not local: show the changes with --dry-run, apply them with --live")
    with Transport(config) as transport:
        _apply(loaded, ClientTarget(transport), config, effective_from=begin, dry_run=dry_run, sync=sync)


@app.command()
def schema() -> None:
    """Print the JSON Schema of rules files, for editors."""
    typer.echo(schema_text(), nl=False)


@app.command()
def packs() -> None:
    """List the ready rules that come with the package, with their files."""
    for name in pack_names():
        typer.echo(f"{name}\t{pack_path(name)}")


def _apply(loaded: Loaded, target: ClientTarget, config: Config, *, effective_from: datetime | None, dry_run: bool, sync: bool) -> None:
    try:
        if dry_run:
            changes = plan(loaded.rules, target, effective_from=effective_from)
            for change in changes:
                _show(change)
            typer.echo(f"{_counted(len(changes), 'change')} for {config.base_url}")
            if any(change.action == "blocked" for change in changes):
                raise typer.Exit(1)
            return
        done = apply_rules(loaded.rules, target, _show, effective_from=effective_from)
    except RulesError as error:
        raise _failure(f"{error}\nnothing was applied") from None
    except ApplyError as error:
        raise _failure(str(error)) from None
    except errors.FlexpriceError as error:
        raise _failure(f"{config.base_url} cannot be read: {error}") from None
    for extra in done.extra:
        _show(extra)
    typer.echo(f"{_counted(len(done.changes), 'change')} applied to {config.base_url}")
    if sync:
        _sync(loaded, done, target)
    elif any(change.action == "version" for change in done.changes):
        typer.echo("existing subscriptions keep the prices they have; with --sync they follow")


def _sync(loaded: Loaded, done: Applied, target: ClientTarget) -> None:
    for held in loaded.rules.plans:
        try:
            target.request("POST", f"/plans/{quote(done.ids[Ref('plan', held.lookup_key)], safe='')}/sync/subscriptions")
        except errors.FlexpriceError as error:
            raise _failure(f"{held.place}: subscriptions of plan {held.lookup_key} do not follow yet: {error}") from None
        typer.echo(f"subscriptions of plan {held.lookup_key} follow its prices")


def _load(files: list[Path]) -> Loaded:
    names = pack_names()
    paths = [pack_path(str(file)) if str(file) in names and not file.exists() else file for file in dict.fromkeys(files)]
    try:
        loaded = load(paths)
    except RulesError as error:
        hint = f"ready packs are {', '.join(names)}\n" if any(not path.suffix and not path.exists() for path in paths) else ""
        raise _failure(f"{error}\n{hint}{_counted(len(error.issues), 'error')}") from None
    for issue in loaded.warnings:
        typer.echo(str(issue), err=True)
    return loaded


def _time(text: str | None) -> datetime | None:
    try:
        return None if text is None else parse_time(text)
    except ValueError:
        raise _failure(f"--effective-from {text}: give an RFC 3339 time with a zone, such as 2026-01-31T00:00:00Z") from None


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _show(change: Change) -> None:
    typer.echo(f"{change.place}: {change}" if change.action == "blocked" else str(change))


def _failure(message: str) -> typer.Exit:
    typer.echo(message, err=True)
    return typer.Exit(1)
