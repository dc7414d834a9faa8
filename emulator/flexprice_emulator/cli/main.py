"""`flexprice-emulator`: serve, explain, doctor, and a group of commands for each part of a running emulator."""

import gc
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

# A module of this package each, holding `app`.
GROUPS = ("rules", "clock", "workspace", "snapshot", "webhooks", "faults", "requests")

app = typer.Typer(
    name="flexprice-emulator",
    help="Flexprice in one process on your machine: the same HTTP API, the same amounts, a clock you can move.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        from flexprice_emulator.versions import versions

        typer.echo(f"flexprice-emulator {versions()['flexprice-emulator']}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_version)] = False,
) -> None:
    """Flexprice in one process on your machine: the same HTTP API, the same amounts, a clock you can move."""


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)] = 8080,
    data: Annotated[Path | None, typer.Option(help="Keep everything in this folder.", file_okay=False)] = None,
    ephemeral: Annotated[bool, typer.Option("--ephemeral", help="Keep everything in memory (the default).")] = False,
    database_url: Annotated[
        str | None, typer.Option(help="postgresql+psycopg://USER:PASSWORD@HOST/DATABASE, or sqlite:///FOLDER, which is --data FOLDER.")
    ] = None,
    rules: Annotated[list[Path] | None, typer.Option(help="Pricing rules that every workspace starts with; repeatable.")] = None,
    clock: Annotated[str, typer.Option(help="`real`, or a time such as 2026-01-31T00:00:00Z to stop at.")] = "real",
    seed: Annotated[str | None, typer.Option(help="Make ids repeat from run to run.")] = None,
    webhook: Annotated[list[str] | None, typer.Option(help="Send every workspace's webhooks to this URL; repeatable.")] = None,
    no_control: Annotated[bool, typer.Option("--no-control", help="Leave out /_emulator, and with it faults and the request log.")] = False,
    request_log: Annotated[
        int, typer.Option(help="How many requests of each workspace are kept; 0 keeps none.", min=0, max=100_000)
    ] = 1000,
) -> None:
    """Serve the API until Ctrl-C or SIGTERM."""
    from flexprice_emulator.cli.serve import ServeOptions, StartFailure, run

    options = ServeOptions(
        host, port, data, ephemeral, database_url, tuple(rules or ()), clock, seed, tuple(webhook or ()), not no_control, request_log
    )
    try:
        run(options)
    except StartFailure as failure:
        print(f"flexprice-emulator: {failure}", file=sys.stderr)
        raise typer.Exit(1) from None


def whole(asked: str = "") -> typer.Typer:
    """All commands, or `serve` and the one that is asked for: the others, and what they need, take longer to import than to run."""
    if not app.registered_groups:
        from flexprice_emulator.cli.doctor import doctor
        from flexprice_emulator.cli.explain import explain

        for name in (asked,) if asked in GROUPS else GROUPS:
            app.add_typer(import_module(f"flexprice_emulator.cli.{name}").app, name=name)
        app.command()(explain)
        app.command()(doctor)
    return app


def main() -> None:
    """The console script."""
    # Hardly anything that is made while modules load is ever garbage: not looking for it saves a tenth of the start.
    gc.disable()
    if sys.argv[1:2] != ["serve"]:
        whole("".join(sys.argv[1:2]))
        gc.enable()
    app()


if __name__ == "__main__":
    main()
