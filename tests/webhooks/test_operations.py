"""GET /webhooks/dashboard and POST /webhooks/retry."""

from typing import Any

import pytest

from tests.webhooks.receiver import Receiver


def test_the_dashboard_says_whether_svix_is_on(hooks: Any) -> None:
    assert hooks.api.get("/webhooks/dashboard") == {"svix_enabled": False, "url": ""}
    hooks.add("http://127.0.0.1:9/hook", style="svix")
    shown = hooks.api.get("/webhooks/dashboard")
    environment = hooks.api.send("GET", "//_emulator/clock").json()["environment_id"]
    assert shown == {
        "svix_enabled": True,
        "url": "http://emulator/_emulator/webhooks/deliveries",
        "app_id": f"00000000-0000-0000-0000-000000000000_{environment}",
    }


@pytest.mark.parametrize("body", [{}, {"system_event_id": ""}, {"system_event_id": 7}])
def test_a_retry_without_an_id(body: Any, hooks: Any) -> None:
    answer = hooks.api.post("/webhooks/retry", body, expect=400)
    assert answer["message"] == "Provide a JSON body with system_event_id (system_events.id)."


def test_a_retry_of_an_unknown_event(hooks: Any) -> None:
    answer = hooks.api.post("/webhooks/retry", {"system_event_id": "sys_event_nope"}, expect=404)
    assert answer["message"] == "Verify the id and that it belongs to the current tenant and environment."


def test_a_retry_sends_at_once_also_what_was_delivered(hooks: Any, receiver: Receiver) -> None:
    hooks.add(receiver.url)
    hooks.customer()
    hooks.settle()
    event_id = hooks.events()[0]["id"]
    answer = hooks.api.post("/webhooks/retry", {"system_event_id": event_id}, expect=202)
    assert (answer["success"], answer["system_event_id"], sorted(answer)) == (True, event_id, ["message", "success", "system_event_id"])
    assert [item.headers["svix-id"] for item in receiver.received] == [event_id] * 2
    assert [(len(item["attempts"]), item["state"]) for item in hooks.log()] == [(2, "delivered")]


def test_an_event_from_before_the_endpoint_can_be_sent(hooks: Any, receiver: Receiver) -> None:
    hooks.customer()
    hooks.add(receiver.url)
    hooks.api.post("/webhooks/retry", {"system_event_id": hooks.events()[0]["id"]}, expect=202)
    assert (receiver.names, hooks.log()[0]["state"]) == (["customer.created"], "delivered")
    hooks.advance("P1D")
    assert len(receiver.received) == 1


def test_a_retry_that_fails_says_so_and_is_tried_again_later(hooks: Any, receiver: Receiver) -> None:
    hooks.customer()
    made = hooks.add(receiver.url)
    receiver.answer(503)
    answer = hooks.api.post("/webhooks/retry", {"system_event_id": hooks.events()[0]["id"]}, expect=500)
    assert (answer["code"], answer["details"]) == ("http_client_error", {made["id"]: "status 503"})
    assert hooks.log()[0]["next_attempt_at"] == "2026-01-31T00:15:00Z"
    hooks.advance("PT1H")
    assert hooks.log()[0]["state"] == "delivered"


def test_a_retry_without_a_receiver_is_refused(hooks: Any) -> None:
    hooks.customer()
    hooks.add("http://127.0.0.1:9/hook", event_types=["customer.deleted"])
    answer = hooks.api.post("/webhooks/retry", {"system_event_id": hooks.events()[0]["id"]}, expect=400)
    assert answer["details"] == {"event_name": "customer.created"}
