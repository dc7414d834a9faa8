"""The section webhook_endpoints: read with positions, planned and applied through the setting webhook_config."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from flexprice_client.config import Config
from flexprice_client.errors import ValidationError
from flexprice_client.transport import Transport
from flexprice_emulator.app import create_app
from flexprice_emulator.workspace.registry import Registry
from flexprice_rules import ApplyError, ClientTarget, RulesError, apply, parse, plan, to_yaml
from tests.http_server import KEY, running

URL = "http://127.0.0.1:3000/webhooks"
WHOLE = f"""\
version: 1
features:
  - {{lookup_key: sso, name: SSO, type: boolean}}
webhook_endpoints:
  - endpoint: {URL}
    headers: {{X-Hook-Secret: s3cret}}
    excluded_events: [customer.updated, feature.created]
"""
SETTING = {
    "endpoint": URL,
    "headers": {"X-Hook-Secret": "s3cret"},
    "enabled": True,
    "excluded_events": ["customer.updated", "feature.created"],
}


def _only(**fields: str) -> str:
    body = "".join(f"\n    {name}: {value}" for name, value in fields.items())
    return f"version: 1\nwebhook_endpoints:\n  -{body[4:]}\n" if body else "version: 1\n"


@pytest.fixture
def target() -> Iterator[ClientTarget]:
    registry = Registry()
    with Transport(Config(api_key=f"sk_ws_{uuid4().hex}"), app=create_app(registry)) as transport:
        yield ClientTarget(transport)
    registry.close()


def _setting(target: ClientTarget) -> Any:
    return target.request("GET", "/settings/webhook_config")["value"]


def test_what_is_written_is_read_and_written_again() -> None:
    rules = parse(WHOLE).rules
    (endpoint,) = rules.webhook_endpoints
    assert endpoint.model_dump(mode="json") == SETTING
    assert parse(to_yaml(rules)).rules == rules


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (_only(headers="{a: b}"), "f.yaml:3:5: required field is missing: endpoint"),
        (_only(endpoint="nowhere"), "f.yaml:3:15: not a URL of a receiver such as http://127.0.0.1:3000/webhooks: nowhere"),
        (_only(endpoint="http://[x"), "f.yaml:3:15: not a URL of a receiver such as http://127.0.0.1:3000/webhooks: http://[x"),
        (_only(endpoint=URL, enabled="maybe"), "f.yaml:4:14: only true and false are booleans: maybe"),
        (
            _only(endpoint=URL, excluded_events="[customer.updated, customer.create]"),
            "f.yaml:4:41: not a webhook event; did you mean customer.created?: customer.create",
        ),
        (_only(endpoint=URL, event="[]"), "f.yaml:4:5: unknown field: event"),
        (
            _only(endpoint=URL) + "  - endpoint: http://127.0.0.1:1/\n",
            "f.yaml:4:5: a second webhook endpoint; a workspace has one, and it is at f.yaml:3:5",
        ),
    ],
)
def test_what_cannot_be_is_said_with_its_place(text: str, said: str) -> None:
    with pytest.raises(RulesError) as raised:
        parse(text, "f.yaml")
    (issue,) = raised.value.issues
    assert str(issue).startswith(said), str(issue)


def test_it_is_applied_last_and_a_second_time_changes_nothing(target: ClientTarget) -> None:
    rules = parse(WHOLE).rules
    assert [str(change) for change in plan(rules, target)] == ["create feature sso", "create webhook_endpoint webhook_config"]
    apply(rules, target)
    assert _setting(target) == SETTING
    assert plan(rules, target) == []
    assert apply(rules, target).changes == ()


def test_only_what_differs_and_was_said_is_changed(target: ClientTarget) -> None:
    apply(parse(WHOLE).rules, target)
    (change,) = plan(parse(_only(endpoint="http://127.0.0.1:4000/", excluded_events="[]")).rules, target)
    assert str(change) == "update webhook_endpoint webhook_config (endpoint, excluded_events)"
    apply(parse(_only(endpoint="http://127.0.0.1:4000/", excluded_events="[]")).rules, target)
    assert _setting(target) == {**SETTING, "endpoint": "http://127.0.0.1:4000/", "excluded_events": []}
    assert plan(parse(_only(endpoint="http://127.0.0.1:4000/", enabled="true")).rules, target) == []
    apply(parse(_only(endpoint="http://127.0.0.1:4000/", enabled="false", headers="{a: b}")).rules, target)
    assert (_setting(target)["enabled"], _setting(target)["headers"]) == (False, {"a": "b"})


def test_values_of_headers_are_not_shown(target: ClientTarget) -> None:
    rules = parse(WHOLE).rules
    assert "s3cret" not in "".join(str(change) for change in apply(rules, target).changes)


def test_a_receiver_elsewhere_is_refused_by_the_target_with_the_place_of_the_rule(target: ClientTarget) -> None:
    with pytest.raises(ApplyError, match=r"f\.yaml:3:5: cannot create webhook_endpoint webhook_config"):
        apply(parse(_only(endpoint="http://192.0.2.1/"), "f.yaml").rules, target)


def test_a_target_without_the_setting_is_told_before_anything_is_sent() -> None:
    class Real:
        """As the real service answers."""

        def request(self, method: str, path: str, json: Mapping[str, Any] | None = None) -> Any:
            assert (method, path) == ("GET", "/settings/webhook_config")
            raise ValidationError("Unknown setting key: webhook_config", status=400)

    (change,) = plan(parse(_only(endpoint=URL)).rules, Real())
    assert (change.action, change.reason[:30]) == ("blocked", "the target has no such setting")
    with pytest.raises(RulesError):
        apply(parse(_only(endpoint=URL)).rules, Real())


def test_a_server_that_starts_with_it_sends_every_workspace_s_webhooks_there(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(WHOLE)
    with running("--rules", str(file)) as url:
        for key in (KEY, "sk_ws_one"):
            headers = {"x-api-key": key}
            (endpoint,) = httpx.get(f"{url}/_emulator/webhooks/endpoints", headers=headers).json()["items"]
            assert (endpoint["url"], endpoint["excluded_events"]) == (URL, SETTING["excluded_events"])
            # What the rules themselves made was told to nobody.
            assert httpx.get(f"{url}/_emulator/webhooks/deliveries", headers=headers).json()["total"] == 0
