"""From a change to a receiver."""

from typing import Any

from tests.webhooks.receiver import Receiver


def test_a_change_is_told_with_the_reference_s_body(hooks: Any, receiver: Receiver) -> None:
    hooks.add(receiver.url)
    customer = hooks.customer()
    hooks.settle()
    (received,) = receiver.received
    shown = {name: customer[name] for name in ("id", "external_id", "environment_id", "name", "timezone")}
    assert received.body == {"event_type": "customer.created", "customer": shown}
    assert received.raw.startswith(b'{"event_type":"customer.created","customer":{"id":')
    assert (received.path, received.headers["content-type"]) == ("/hook", "application/json")


def test_a_refused_change_tells_nobody(hooks: Any, receiver: Receiver) -> None:
    hooks.add(receiver.url)
    hooks.customer()
    hooks.api.post("/customers", {"external_id": "acme", "name": "Again"}, expect=409)
    hooks.settle()
    assert receiver.names == ["customer.created"]


def test_events_arrive_in_the_order_they_happened(hooks: Any, receiver: Receiver) -> None:
    hooks.add(receiver.url)
    for number in range(5):
        hooks.customer(f"c{number}")
    hooks.settle()
    assert [item.body["customer"]["external_id"] for item in receiver.received] == [f"c{number}" for number in range(5)]


def test_a_body_shows_the_entity_as_it_is_when_it_is_sent(hooks: Any, receiver: Receiver) -> None:
    hooks.add(receiver.url)
    customer = hooks.customer()
    hooks.api.put(f"/customers/{customer['id']}", {"name": "Later"})
    hooks.settle()
    assert [(item.body["event_type"], item.body["customer"]["name"]) for item in receiver.received] == [
        ("customer.created", "Later"),
        ("customer.updated", "Later"),
    ]


def test_the_log_keeps_tries_answers_and_timings(hooks: Any, receiver: Receiver) -> None:
    endpoint = hooks.add(receiver.url)
    receiver.answer(500)
    hooks.customer()
    hooks.settle()
    (waiting,) = hooks.log()
    assert (waiting["state"], waiting["next_attempt_at"]) == ("waiting", "2026-01-31T00:15:00Z")
    hooks.advance("PT15M")
    (done,) = hooks.log()
    (event,) = hooks.events()
    assert (done["state"], done["event_id"], done["endpoint_id"]) == ("delivered", event["id"], endpoint["id"])
    assert [(attempt["at"], attempt["status"], attempt["error"], attempt["response"]) for attempt in done["attempts"]] == [
        ("2026-01-31T00:00:00Z", 500, "status 500", "ok"),
        ("2026-01-31T00:15:00Z", 200, "", "ok"),
    ]
    assert all(0 <= attempt["duration_ms"] < 10_000 for attempt in done["attempts"])
    assert (done["body"], done["finished_at"], done["next_attempt_at"]) == (event["body"], "2026-01-31T00:15:00Z", None)


def test_each_endpoint_gets_what_it_wants(hooks: Any, receiver: Receiver) -> None:
    base = receiver.url
    hooks.add(f"{base}/all")
    hooks.add(f"{base}/some", event_types=["customer.updated", "customer.deleted"])
    hooks.add(f"{base}/most", excluded_events=["customer.updated"])
    hooks.add(f"{base}/none", enabled=False)
    customer = hooks.customer()
    hooks.api.put(f"/customers/{customer['id']}", {"name": "Later"})
    hooks.settle()
    told = sorted((item.path, item.body["event_type"]) for item in receiver.received)
    created, updated = "customer.created", "customer.updated"
    assert told == [("/hook/all", created), ("/hook/all", updated), ("/hook/most", created), ("/hook/some", updated)]


def test_one_endpoint_s_failure_does_not_touch_another(hooks: Any, receiver: Receiver) -> None:
    hooks.add("http://127.0.0.1:9/closed")
    hooks.add(receiver.url)
    hooks.customer()
    hooks.settle()
    assert [(item["state"], len(item["attempts"])) for item in hooks.log()] == [("waiting", 1), ("delivered", 1)]


def test_without_endpoints_nothing_is_scheduled_and_the_event_is_there_all_the_same(hooks: Any) -> None:
    hooks.customer()
    assert hooks.api.send("GET", "//_emulator/due").json()["count"] == 0
    assert (hooks.names(), hooks.log()) == (["customer.created"], [])


def test_an_endpoint_that_is_removed_or_disabled_meanwhile_gets_nothing(hooks: Any, receiver: Receiver) -> None:
    first, second = hooks.add(receiver.url), hooks.add(receiver.url)
    hooks.customer()
    hooks.call("DELETE", f"/endpoints/{first['id']}")
    hooks.call("PUT", f"/endpoints/{second['id']}", {"enabled": False})
    hooks.settle()
    assert (receiver.received, [item["state"] for item in hooks.log()]) == ([], ["cancelled", "cancelled"])


def test_events_of_an_entity_that_is_gone_are_failures_with_a_reason(hooks: Any, receiver: Receiver) -> None:
    hooks.add(receiver.url, event_types=["invoice.update"])
    line = {"display_name": "Setup", "quantity": "1", "amount": "5"}
    amounts = {"currency": "usd", "amount_due": "5", "total": "5", "subtotal": "5"}
    hooks.api.post("/invoices", {"customer_id": "cust_nope", "invoice_type": "ONE_OFF", **amounts, "line_items": [line]}, expect=201)
    hooks.settle()
    assert receiver.received == []
    (attempt,) = hooks.log()[0]["attempts"]
    assert (attempt["status"], attempt["error"]) == (None, "customer_id 'cust_nope' was not found")


def test_custom_headers_are_sent_and_shown_nowhere(hooks: Any, receiver: Receiver) -> None:
    hooks.add(f"{receiver.url}?token=s3cret-query", headers={"X-Hook-Secret": "s3cret-header"})
    hooks.customer()
    hooks.settle()
    assert receiver.received[0].headers["x-hook-secret"] == "s3cret-header"
    assert receiver.received[0].path == "/hook?token=s3cret-query"
    shown = repr((hooks.call("GET", "/endpoints"), hooks.log(), hooks.events(), hooks.api.send("GET", "//_emulator/due?state=done").json()))
    assert "s3cret" not in shown


def test_secrets_are_not_logged(hooks: Any, receiver: Receiver, caplog: Any) -> None:
    caplog.set_level("DEBUG")
    made = hooks.add(f"{receiver.url}?token=s3cret-query", headers={"X-Hook-Secret": "s3cret-header"})
    receiver.answer(500)
    hooks.customer()
    hooks.settle()
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert "s3cret-header" not in logged
    assert "s3cret-query" not in logged
    assert made["secret"] not in logged
