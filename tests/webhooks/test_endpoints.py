"""/_emulator/webhooks/endpoints, the setting webhook_config, and lists."""

from typing import Any

import pytest

from tests.webhooks.receiver import Receiver

URL = "http://127.0.0.1:9/hook"


def test_an_endpoint_is_made_read_changed_and_removed(hooks: Any) -> None:
    made = hooks.add(URL, description="mine", event_types=["customer.created"])
    assert made["id"].startswith("whep_")
    assert made["secret"].startswith("whsec_")
    shown = {name: value for name, value in made.items() if name != "secret"}
    assert hooks.call("GET", "/endpoints")["items"] == [shown]
    changed = hooks.call("PUT", f"/endpoints/{made['id']}", {"style": "svix", "event_types": []})
    assert changed == {**shown, "style": "svix", "event_types": []}
    assert hooks.call("DELETE", f"/endpoints/{made['id']}") == {"items": []}
    assert "no webhook endpoint" in hooks.call("DELETE", f"/endpoints/{made['id']}", status=404)["detail"]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("url", "http://192.0.2.1/hook", "FLEXPRICE_EMULATOR_WEBHOOK_HOSTS=192.0.2.1"),
        ("url", "nowhere", "give one such as http://127.0.0.1:3000/webhooks"),
        ("style", "kafka", "'native' or 'svix'"),
        ("event_types", ["customer.create"], "did you mean customer.created?"),
        ("excluded_events", ["nothing.like.it"], "no webhook event"),
        ("headers", {"svix-id": "1"}, "set by the delivery itself"),
        ("headers", {"X-A": "b\r\nc: d"}, "printable ASCII"),
        ("headers", {"X A": "b"}, "not a header's name"),
        ("secret", "hush", "not a signing secret"),
        ("timeout_seconds", 31, "less than or equal to 30"),
        ("urls", [], "not permitted"),
    ],
)
def test_what_cannot_be_is_refused_with_what_would_be_right(field: str, value: Any, said: str, hooks: Any) -> None:
    answer = hooks.call("POST", "/endpoints", {"url": URL, field: value}, status=422)
    assert said in repr(answer["detail"])


def test_endpoints_are_the_workspace_s_own(hooks: Any, receiver: Receiver) -> None:
    hooks.add(receiver.url)
    hooks.api.headers = {"x-api-key": hooks.api.headers["x-api-key"] + "-other"}
    hooks.customer()
    hooks.settle()
    assert (hooks.call("GET", "/endpoints")["items"], receiver.received) == ([], [])


def test_the_setting_webhook_config_is_an_endpoint(hooks: Any, receiver: Receiver) -> None:
    value = {"endpoint": receiver.url, "headers": {"X-Hook": "a"}, "excluded_events": ["customer.deleted"]}
    hooks.api.put("/settings/webhook_config", {"value": value})
    assert hooks.api.get("/settings/webhook_config")["value"] == {**value, "enabled": True}
    customer = hooks.customer()
    hooks.api.delete(f"/customers/{customer['id']}")
    hooks.settle()
    assert [(item.body["event_type"], item.headers["x-hook"]) for item in receiver.received] == [("customer.created", "a")]
    hooks.api.put("/settings/webhook_config", {"value": {"enabled": False}})
    hooks.customer("second")
    hooks.api.put("/settings/webhook_config", {"value": {"enabled": True}})
    hooks.customer("third")
    hooks.settle()
    assert [item.body["customer"]["external_id"] for item in receiver.received] == ["acme", "third"]
    hooks.api.delete("/settings/webhook_config")
    assert hooks.call("GET", "/endpoints")["items"] == []


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({"endpoint": "http://192.0.2.1"}, "endpoint"),
        ({"excluded_events": ["x"]}, "excluded_events"),
        ({"headers": {"host": "x"}}, "headers"),
    ],
)
def test_the_setting_refuses_what_an_endpoint_refuses(value: Any, name: str, hooks: Any) -> None:
    answer = hooks.api.put("/settings/webhook_config", {"value": value}, expect=400)
    assert list(answer["details"]) == [name]


def test_the_setting_is_not_among_those_the_reference_lists(hooks: Any) -> None:
    answer = hooks.api.put("/settings/no_such_key", {"value": {}}, expect=400)
    assert "webhook_config" not in answer["details"]["allowed"]


def test_events_and_deliveries_are_paged_and_filtered(hooks: Any) -> None:
    endpoint = hooks.add(URL)
    for number in range(3):
        hooks.customer(f"c{number}")
    hooks.api.post("/features", {"name": "F", "lookup_key": "f", "type": "boolean"})
    page = hooks.call("GET", "/events?since=1&limit=2")
    assert ([item["body"]["customer"]["external_id"] for item in page["items"]], page["total"]) == (["c1", "c2"], 4)
    assert hooks.call("GET", "/events?event_name=feature.created")["total"] == 1
    (problem,) = hooks.call("GET", "/events?event_name=feature.craeted", status=422)["detail"]
    assert (problem["loc"], problem["msg"]) == (["query", "event_name"], "no webhook event; did you mean feature.created?")
    event = hooks.call("GET", f"/events/{page['items'][0]['id']}")
    assert event == page["items"][0]
    (delivery,) = hooks.log(f"&event_id={event['id']}")
    assert delivery["endpoint_id"] == endpoint["id"]
    assert len(hooks.log("&state=waiting")) == 4
    assert hooks.call("GET", "/deliveries?endpoint_id=other") == {"items": [], "total": 0}


@pytest.mark.parametrize("path", ["/events/sys_event_x", "/deliveries/whd_x", "/endpoints/whep_x/secret"])
def test_unknown_ids_are_not_found(path: str, hooks: Any) -> None:
    hooks.call("GET", path, status=404)
