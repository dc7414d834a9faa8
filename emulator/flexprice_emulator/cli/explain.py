"""`explain`: every figure of an invoice, down to its events."""

import json
from typing import Annotated
from urllib.parse import quote

import typer

from flexprice_emulator.cli.control_plane import ApiKey, BaseUrl, ControlPlane, EnvironmentId, Profile, failure
from flexprice_emulator.explain.check import problems
from flexprice_emulator.explain.text import invoice_text

SUBSCRIPTION_PREFIX = "subs_"

Identity = Annotated[
    str,
    typer.Argument(metavar="ID", help="An invoice, by its id or number; or a subscription (subs_…), for a preview of its next invoice."),
]
EveryLine = Annotated[bool, typer.Option("--all", help="Show lines of quantity 0 and amount 0 too.")]
Verify = Annotated[bool, typer.Option("--verify", help="Recompute every figure from the explanation; exit with 1 where one differs.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the explanation as JSON.")]


def explain(
    identity: Identity,
    verify: Verify = False,
    every_line: EveryLine = False,
    as_json: AsJson = False,
    base_url: BaseUrl = None,
    api_key: ApiKey = None,
    environment: EnvironmentId = None,
    profile: Profile = None,
) -> None:
    """Show how an invoice came about: each line's events, quantity and price, then discounts, credits, taxes and what is due."""
    if not identity.strip():
        raise failure("give an invoice (its id inv_… or its number), or a subscription (subs_…)")
    control = ControlPlane(base_url, api_key, environment, profile, only="explains its invoices")
    if identity.startswith(SUBSCRIPTION_PREFIX):
        explained = control.call("POST", "/explain/preview", {"subscription_id": identity})
    else:
        explained = control.call("GET", f"/explain/invoice/{quote(identity, safe='')}")
    typer.echo(
        json.dumps(explained, indent=2, ensure_ascii=False) + "\n" if as_json else invoice_text(explained, without_idle=not every_line),
        nl=False,
    )
    if not verify:
        return
    # Asked here and not of the server: what is printed is what is verified.
    found = problems(explained)
    for problem in found:
        typer.echo(problem, err=True)
    if found:
        typer.echo(f"{len(found)} figures differ", err=True)
        raise typer.Exit(1)
    typer.echo("verified: every figure follows from what is shown", err=True)
