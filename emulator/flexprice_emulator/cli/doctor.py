"""`doctor`: what became of one event."""

import json
from typing import Annotated
from urllib.parse import quote

import typer

from flexprice_emulator.cli.control_plane import ApiKey, BaseUrl, ControlPlane, EnvironmentId, Profile
from flexprice_emulator.explain.doctor.text import report_text

EventId = Annotated[str, typer.Argument(metavar="EVENT_ID", help="The event_id it was sent with, or was given when it came in.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]


def doctor(
    event_id: EventId,
    as_json: AsJson = False,
    base_url: BaseUrl = None,
    api_key: ApiKey = None,
    environment: EnvironmentId = None,
    profile: Profile = None,
) -> None:
    """Show which meters took an event, which subscription lines it counts for, and which invoice holds it, or why none does."""
    control = ControlPlane(base_url, api_key, environment, profile, only="examines its events")
    report = control.call("GET", f"/doctor/event/{quote(event_id, safe='')}")
    typer.echo(json.dumps(report, indent=2, ensure_ascii=False) + "\n" if as_json else report_text(report), nl=False)
