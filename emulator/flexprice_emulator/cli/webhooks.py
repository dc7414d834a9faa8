"""`webhooks`: receivers, the log, and what becomes of deliveries."""

import json
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode

import typer

from flexprice_emulator.cli.control_plane import ControlPlane, commands, failure

app = typer.Typer(no_args_is_help=True, help="Webhooks of a running emulator, by workspace.")

DeliveryId = Annotated[str, typer.Argument(metavar="DELIVERY", help="whd_…, as `webhooks log` shows it.")]
EndpointId = Annotated[str, typer.Argument(metavar="ENDPOINT", help="whep_…, as `webhooks endpoints` shows it.")]
Limit = Annotated[int, typer.Option(help="Show the last so many.", min=1, max=1000)]


class _Webhooks:
    """/_emulator/webhooks of one workspace."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return self._plane.call(method, f"/webhooks{path}", body)

    def last(self, path: str, limit: int, **wanted: str | None) -> list[dict[str, Any]]:
        """The newest of a list, oldest first."""
        given = {name: value for name, value in wanted.items() if value}
        total = self.call("GET", f"{path}?{urlencode({**given, 'limit': 1})}")["total"]
        query = urlencode({**given, "since": max(0, total - limit), "limit": limit})
        page: list[dict[str, Any]] = self.call("GET", f"{path}?{query}")["items"]
        return page

    def set_mode(self, mode: str) -> None:
        typer.echo(f"mode {self.call('PUT', '/mode', {'mode': mode})['mode']}")


_command = commands(app, _Webhooks, only="keeps a log of its webhooks")


@_command()
def endpoints(hooks: _Webhooks) -> None:
    """List the receivers."""
    for item in hooks.call("GET", "/endpoints")["items"]:
        _say_endpoint(item)


@_command()
def add(
    hooks: _Webhooks,
    url: Annotated[str, typer.Argument(help="Such as http://127.0.0.1:3000/webhooks.")],
    style: Annotated[Literal["native", "svix"], typer.Option(help="How failures are tried again. Both sign.")] = "native",
    event: Annotated[list[str] | None, typer.Option(help="Only this event; repeatable.")] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="Not this event; repeatable.")] = None,
    header: Annotated[list[str] | None, typer.Option(metavar="NAME:VALUE", help="Sent with each; repeatable.")] = None,
) -> None:
    """Send events to a URL from now on, and print the signing secret."""
    body = {"url": url, "style": style, "event_types": event or [], "excluded_events": exclude or [], "headers": _headers(header or [])}
    made = hooks.call("POST", "/endpoints", body)
    _say_endpoint(made)
    typer.echo(f"secret {made['secret']}")


@_command()
def remove(hooks: _Webhooks, endpoint_id: EndpointId) -> None:
    """Send nothing there any more."""
    hooks.call("DELETE", f"/endpoints/{quote(endpoint_id, safe='')}")


@_command()
def secret(
    hooks: _Webhooks,
    endpoint_id: EndpointId,
    rotate: Annotated[bool, typer.Option("--rotate", help="Make a new one; the old one signs beside it for 24 hours.")] = False,
) -> None:
    """Print the signing secrets, the present one first."""
    path = f"/endpoints/{quote(endpoint_id, safe='')}/secret"
    found = hooks.call("POST", path + "/rotate") if rotate else hooks.call("GET", path)
    for text in found["secrets"]:
        typer.echo(text)


@_command()
def events(
    hooks: _Webhooks,
    name: Annotated[str | None, typer.Option(help="Only events of this name.")] = None,
    limit: Limit = 20,
    bodies: Annotated[bool, typer.Option("--bodies", help="With the body of each.")] = False,
) -> None:
    """List what happened, whether anybody was told or not."""
    for item in hooks.last("/events", limit, event_name=name):
        typer.echo(f"{item['created_at']} {item['id']} {item['event_name']}")
        if bodies:
            typer.echo(json.dumps(item["body"], indent=2, ensure_ascii=False) if item["body"] else f"  no body: {item['error']}")


@_command("log")
def show_log(
    hooks: _Webhooks,
    state: Annotated[
        Literal["waiting", "held", "delivered", "collected", "failed", "cancelled"] | None, typer.Option(help="Only these.")
    ] = None,
    endpoint: Annotated[str | None, typer.Option(help="Only to this endpoint.")] = None,
    limit: Limit = 20,
) -> None:
    """List deliveries and how they went."""
    for item in hooks.last("/deliveries", limit, state=state, endpoint_id=endpoint):
        _say_delivery(item)


@_command()
def show(hooks: _Webhooks, delivery_id: DeliveryId) -> None:
    """Print a delivery: each try with its answer, and the body."""
    typer.echo(json.dumps(hooks.call("GET", f"/deliveries/{quote(delivery_id, safe='')}"), indent=2, ensure_ascii=False))


@_command()
def resend(hooks: _Webhooks, delivery_id: DeliveryId) -> None:
    """Send again now, whatever became of it."""
    _say_delivery(hooks.call("POST", f"/deliveries/{quote(delivery_id, safe='')}/resend"))


@_command()
def cancel(hooks: _Webhooks, delivery_id: DeliveryId) -> None:
    """Do not send what still waits."""
    _say_delivery(hooks.call("POST", f"/deliveries/{quote(delivery_id, safe='')}/cancel"))


@_command()
def pause(hooks: _Webhooks) -> None:
    """Let deliveries wait."""
    hooks.set_mode("pause")


@_command()
def resume(hooks: _Webhooks) -> None:
    """Send again, first what was held back."""
    hooks.set_mode("deliver")


@_command()
def collect(hooks: _Webhooks) -> None:
    """Keep the bodies in the log and send nothing."""
    hooks.set_mode("collect")


def _headers(texts: list[str]) -> dict[str, str]:
    pairs = [text.partition(":") for text in texts]
    if any(not colon for _, colon, _ in pairs):
        raise failure("give a header as NAME:VALUE")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _say_endpoint(item: dict[str, Any]) -> None:
    wanted = ", ".join(item["event_types"]) or "all events"
    unwanted = f" but {', '.join(item['excluded_events'])}" if item["excluded_events"] else ""
    typer.echo(f"{item['id']} {item['url']} {item['style']}: {wanted}{unwanted}{'' if item['enabled'] else ' (disabled)'}")


def _say_delivery(item: dict[str, Any]) -> None:
    tries = len(item["attempts"])
    why = f": {item['attempts'][-1]['error']}" if tries and item["attempts"][-1]["error"] else ""
    again = f", again at {item['next_attempt_at']}" if tries and item["next_attempt_at"] else ""
    typer.echo(
        f"{item['created_at']} {item['id']} {item['event_name']} {item['state']}, {tries} {'try' if tries == 1 else 'tries'}{why}{again}"
    )
