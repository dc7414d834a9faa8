"""Signing secrets, header values and query texts of URLs: shown where they are asked for, and nowhere else."""

from typing import Any

import pytest

from tests.webhooks.receiver import Receiver

HEADER, QUERY = "s3cret-of-a-header", "s3cret-of-a-query"
GIVEN = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
# What the control plane tells of the workspace, but for the calls that are asked for a secret.
SHOWN = (
    "/requests?limit=1000",
    "/requests/har",
    "/webhooks/endpoints",
    "/webhooks/events?limit=1000",
    "/webhooks/deliveries?limit=1000",
    "/due?state=done",
    "/due?state=waiting",
    "/due?state=failed",
    "/faults",
    "/clock",
)


@pytest.fixture
def secrets(hooks: Any, receiver: Receiver, caplog: pytest.LogCaptureFixture) -> list[str]:
    """All that is secret, after deliveries that succeed, fail and are sent again, and after calls that are refused."""
    caplog.set_level("DEBUG")
    url = f"{receiver.url}?token={QUERY}"
    made = hooks.add(url, headers={"X-Hook-Secret": HEADER}, secret=GIVEN)
    style = hooks.add(url, style="svix", headers={"Authorization": f"Bearer {HEADER}"})
    hooks.call("PUT", f"/endpoints/{made['id']}", {"headers": {"X-Hook-Secret": HEADER}, "url": url})
    hooks.call("POST", "/endpoints", {"url": url, "secret": GIVEN, "headers": {"host": HEADER}}, status=422)
    hooks.call("POST", "/endpoints", {"url": "http://192.0.2.1/?token=" + QUERY, "secret": GIVEN}, status=422)
    setting = {"endpoint": url, "headers": {"X-Hook-Secret": HEADER}}
    hooks.api.put("/settings/webhook_config", {"value": setting})
    hooks.api.put("/settings/webhook_config", {"value": {**setting, "endpoint": "http://192.0.2.1/?token=" + QUERY}}, expect=400)
    receiver.answer(500, 302, 200)
    hooks.customer()
    hooks.settle()
    receiver.answers.clear()
    hooks.advance("PT1H")
    hooks.api.post("/webhooks/retry", {"system_event_id": hooks.events()[0]["id"]})
    hooks.call("POST", f"/deliveries/{hooks.log()[0]['id']}/resend")
    rotated = hooks.call("POST", f"/endpoints/{made['id']}/secret/rotate")["secrets"]
    hooks.settle()
    assert receiver.received
    known = [GIVEN, style["secret"], *rotated, *hooks.call("GET", "/endpoints/whep_setting/secret")["secrets"]]
    return [HEADER, QUERY, *(secret.removeprefix("whsec_") for secret in known)]


def test_no_log_record_has_one(secrets: list[str], caplog: pytest.LogCaptureFixture) -> None:
    logged = "\n".join(f"{record.getMessage()} {record.args!r} {record.exc_info!r}" for record in caplog.records)
    assert [secret for secret in secrets if secret in logged] == []


@pytest.mark.parametrize("path", SHOWN)
def test_no_log_of_the_control_plane_shows_one(path: str, secrets: list[str], hooks: Any) -> None:
    answer = hooks.api.send("GET", f"//_emulator{path}")
    assert answer.status_code == 200, answer.text
    assert [secret for secret in secrets if secret in answer.text] == []


def test_the_difference_of_two_workspaces_shows_none(secrets: list[str], hooks: Any) -> None:
    hooks.api.send("POST", "//_emulator/snapshots", {"name": "before"})
    (endpoint, *_) = hooks.call("GET", "/endpoints")["items"]
    new = hooks.call("POST", f"/endpoints/{endpoint['id']}/secret/rotate")["secrets"]
    changes = {"headers": {"X-Hook-Secret": HEADER + "2"}, "url": f"http://127.0.0.1:9/?token={QUERY}2"}
    hooks.call("PUT", f"/endpoints/{endpoint['id']}", changes)
    setting = {"endpoint": changes["url"], "headers": changes["headers"]}
    hooks.api.put("/settings/webhook_config", {"value": setting})
    answer = hooks.api.send("GET", "//_emulator/diff?a=current@before&b=current")
    changed = answer.json()["tables"]["webhook_endpoints"]["changed"]
    assert {name for change in changed for name in change["fields"]} >= {"headers", "secrets", "url"}
    assert answer.json()["tables"]["settings"]["changed_count"] == 1
    assert [secret for secret in [*secrets, *(item.removeprefix("whsec_") for item in new)] if secret in answer.text] == []


def test_a_single_delivery_and_request_show_none(secrets: list[str], hooks: Any) -> None:
    paths = [f"/webhooks/deliveries/{item['id']}" for item in hooks.log()]
    requests = hooks.api.send("GET", "//_emulator/requests?limit=1000").json()["items"]
    paths += [f"/requests/{item['number']}" for item in requests]
    shown = "\n".join(hooks.api.send("GET", f"//_emulator{path}").text for path in paths)
    assert len(paths) > 3
    assert [secret for secret in secrets if secret in shown] == []
