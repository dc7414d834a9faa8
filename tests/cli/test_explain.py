"""`flexprice-emulator explain` and `doctor` against a running server."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from flexprice_emulator.cli.doctor import doctor
from flexprice_emulator.cli.explain import explain
from flexprice_emulator.explain.text import invoice_text
from tests.http_server import running

KEY = "sk_ws_explained"
app = typer.Typer()
app.command()(explain)
app.command()(doctor)


@pytest.fixture(scope="module")
def shop() -> Iterator[dict[str, str]]:
    """A server with a subscription of 20 a month and 0.5 a call, and one event."""
    with running("--clock", "2026-03-01T00:00:00Z") as url, httpx.Client(base_url=f"{url}/v1", headers={"x-api-key": KEY}) as client:

        def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
            made: dict[str, Any] = client.post(path, json=body).raise_for_status().json()
            return made

        post("/customers", {"external_id": "acme", "name": "Acme"})
        meter = {"name": "Calls", "event_name": "calls", "aggregation": {"type": "COUNT"}, "reset_usage": "BILLING_PERIOD"}
        feature = post("/features", {"name": "Calls", "lookup_key": "calls", "type": "metered", "meter": meter})
        plan = post("/plans", {"name": "Pro", "lookup_key": "pro"})
        terms = {"entity_type": "PLAN", "entity_id": plan["id"], "currency": "usd", "billing_period": "MONTHLY", "billing_period_count": 1}
        terms |= {"price_unit_type": "FIAT", "billing_model": "FLAT_FEE"}
        post("/prices", {**terms, "type": "FIXED", "invoice_cadence": "ADVANCE", "amount": "20", "display_name": "Base"})
        post("/prices", {**terms, "type": "USAGE", "invoice_cadence": "ARREAR", "amount": "0.5", "meter_id": feature["meter_id"]})
        body = {"external_customer_id": "acme", "plan_id": plan["id"], "currency": "usd", "billing_period": "MONTHLY"}
        made = post("/subscriptions", body)
        event = {"event_name": "calls", "external_customer_id": "acme", "event_id": "a/1", "timestamp": "2026-03-01T00:00:00Z"}
        post("/events", event)
        yield {"url": url, "subscription": made["id"], "invoice": made["latest_invoice"]["id"]}


def run(shop: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--base-url", f"{shop['url']}/v1", "--api-key", KEY])


def test_an_invoice_is_printed_and_verified(shop: dict[str, str]) -> None:
    said = run(shop, "explain", shop["invoice"], "--verify")
    assert said.exit_code == 0, said.stderr
    assert said.stdout.startswith("Invoice INV-202603-00001 (")
    assert run(shop, "explain", "INV-202603-00001").stdout == said.stdout
    assert "rounding: 20 → 20 (2 places)" in said.stdout
    assert said.stderr == "verified: every figure follows from what is shown\n"


def test_a_subscription_is_explained_by_its_preview(shop: dict[str, str]) -> None:
    said = run(shop, "explain", shop["subscription"], "--verify")
    assert (said.exit_code, said.stdout.splitlines()[0]) == (0, f"Preview of subscription {shop['subscription']}: 20.5 USD")
    assert "     1 event: a/1" in said.stdout.splitlines()


def test_as_json(shop: dict[str, str]) -> None:
    said = json.loads(run(shop, "explain", shop["invoice"], "--json").stdout)
    assert (said["invoice_id"], said["problems"]) == (shop["invoice"], [])


def test_an_answer_that_does_not_add_up_fails_with_the_differences(shop: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    honest = json.loads(run(shop, "explain", shop["invoice"], "--json").stdout)
    honest["totals"]["total"] = "21"
    monkeypatch.setattr(httpx, "request", lambda *_, **__: httpx.Response(200, json=honest))
    said = run(shop, "explain", shop["invoice"], "--verify")
    assert said.exit_code == 1
    assert said.stderr.splitlines() == [
        "invoice: total is 21, computed 20",
        "invoice: stored total is 20, computed 21",
        "2 figures differ",
    ]


def test_the_doctor_says_what_became_of_an_event(shop: dict[str, str]) -> None:
    said = run(shop, "doctor", "a/1")
    assert said.exit_code == 0, said.stderr
    first, second = said.stdout.splitlines()[:2]
    assert first == "Event a/1: on no invoice yet: its period still runs"
    assert second == "   its period runs until 2026-04-01T00:00:00Z and is invoiced then"
    assert json.loads(run(shop, "doctor", "a/1", "--json").stdout)["verdict"] == "open"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("explain", "inv_nope"), "invoice inv_nope not found"),
        (("explain", "subs_nope"), "subscription subs_nope: Subscription not found"),
        (("explain", "a b/c?d"), "invoice a b/c?d"),
        (("explain", ""), "give an invoice (its id inv_… or its number)"),
        (("doctor", "nope"), "no event nope was stored here"),
    ],
)
def test_unknown_ones_are_one_clear_line(shop: dict[str, str], arguments: tuple[str, ...], said: str) -> None:
    result = run(shop, *arguments)
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (1, "", 1)
    assert said in result.stderr


def test_lines_of_nothing_are_counted_unless_all_are_asked_for(shop: dict[str, str]) -> None:
    explained = json.loads(run(shop, "explain", shop["subscription"], "--json").stdout)
    idle = {**explained["lines"][0], "quantity": "0", "amount": "0", "display_name": "Idle"}
    explained["lines"] += [idle, idle]
    short, full = invoice_text(explained, without_idle=True), invoice_text(explained)
    assert "and 2 lines of quantity 0 for 0, which --all shows" in short.splitlines()
    assert (short.count("Idle"), full.count("Idle")) == (0, 2)
    assert "Idle" in invoice_text({**explained, "lines": [idle]}, without_idle=True)
    assert run(shop, "explain", shop["subscription"], "--all").stdout == run(shop, "explain", shop["subscription"]).stdout
