"""`rules`: check pricing rules, show what they would change, apply them, print their JSON Schema."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from flexprice_client import errors
from flexprice_client.config import Config, load_config
from flexprice_client.transport import Transport
from flexprice_rules import ApplyError, Change, ClientTarget, Loaded, RulesError, load, plan
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
From = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%dT%H:%M:%S%z"], help="When changed prices begin; now when left out.")]


@app.command()
def validate(files: Files) -> None:
    """Check rules without sending anything. Lists every error as file:line:column and exits with 1 when there is one."""
    loaded = _load(files)
    rules = loaded.rules
    prices = sum(len(owner.prices) for owner in (*rules.plans, *rules.addons))
    typer.echo(f"ok: {len(rules.features)} features, {len(rules.plans)} plans, {len(rules.addons)} add-ons, {prices} prices")


@app.command()
def apply(
    files: Files,
    base_url: BaseUrl = None,
    api_key: ApiKey = None,
    environment: EnvironmentId = None,
    profile: Profile = None,
    effective_from: From = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the changes, send none.")] = False,
    live: Annotated[bool, typer.Option("--live", help="Allow a target that is not local.")] = False,
) -> None:
    """Make a Flexprice hold the rules. Safe to repeat: a second run changes nothing, and nothing is ever removed."""
    loaded = _load(files)
    try:
        config = load_config(base_url=base_url, api_key=api_key, environment_id=environment, profile=profile)
    except errors.ConfigError as error:
        raise _failure(str(error)) from None
    if not (config.is_local or dry_run or live):
        raise _failure(f"{config.base_url} is not local: show the changes with --dry-run, apply them with --live")
    with Transport(config) as transport:
        _apply(loaded, ClientTarget(transport), config, effective_from=effective_from, dry_run=dry_run)


@app.command()
def schema() -> None:
    """Print the JSON Schema of rules files, for editors."""
    typer.echo(schema_text(), nl=False)


@app.command()
def packs() -> None:
    """List the ready rules that come with the package, with their files."""
    for name in pack_names():
        typer.echo(f"{name}\t{pack_path(name)}")


def _apply(loaded: Loaded, target: ClientTarget, config: Config, *, effective_from: datetime | None, dry_run: bool) -> None:
    try:
        if dry_run:
            changes = plan(loaded.rules, target, effective_from=effective_from)
            for change in changes:
                _show(change)
            typer.echo(f"{len(changes)} changes for {config.base_url}")
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
    typer.echo(f"{len(done.changes)} changes applied to {config.base_url}")


def _load(files: list[Path]) -> Loaded:
    names = pack_names()
    paths = [pack_path(str(file)) if str(file) in names and not file.exists() else file for file in files]
    try:
        loaded = load(paths)
    except RulesError as error:
        count = len(error.issues)
        raise _failure(f"{error}\n{count} error{'s' if count > 1 else ''}") from None
    for issue in loaded.warnings:
        typer.echo(str(issue), err=True)
    return loaded


def _show(change: Change) -> None:
    typer.echo(f"{change.place}: {change}" if change.action == "blocked" else str(change))


def _failure(message: str) -> typer.Exit:
    typer.echo(message, err=True)
    return typer.Exit(1)
