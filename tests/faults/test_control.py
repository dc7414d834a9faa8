"""/_emulator/faults."""

from typing import Any

import pytest


def test_a_rule_is_set_read_counted_and_removed(api: Any, faults: Any) -> None:
    made = faults.call("POST", "", {"kind": "error", "operation": "GET /customers", "count": 1, "seed": 7})
    assert (made["state"], made["seed"], made["options"]["status"]) == ("active", "7", 500)
    api.get("/plans")
    api.get("/customers", expect=500)
    api.get("/customers")
    held = faults.rule(made["id"])
    assert (held["matched"], held["injected"], held["state"]) == (2, 1, "used_up")
    listed = faults.call("GET")
    assert (listed["items"], listed["injected"]) == ([held], {"error": 1})
    assert faults.call("DELETE", f"/{made['id']}") == held
    assert faults.call("GET")["items"] == []


def test_all_rules_are_removed_at_once(api: Any, faults: Any) -> None:
    faults.set("error")
    faults.set("rate_limit", operation="create_customer")
    assert len(faults.call("DELETE")["items"]) == 2
    api.get("/customers")
    assert faults.injected() == {}


def test_rules_are_a_workspace_s_own(api: Any, faults: Any) -> None:
    faults.set("error")
    api.get("/customers", expect=500)
    other = api.send("GET", "/customers", headers={"x-api-key": "sk_ws_faults_elsewhere"})
    assert other.status_code == 200
    assert faults.call("GET", "/fault_none", status=404)["detail"].startswith("no fault rule fault_none in environment env_")
    faults.call("DELETE", "/fault_none", status=404)


def test_who_is_not_let_in_meets_no_fault(api: Any, faults: Any) -> None:
    rule = faults.set("error", operation="*")
    assert api.send("GET", "/customers", headers={"x-api-key": "sk_nobody"}).status_code == 401
    assert faults.rule(rule)["matched"] == 0


def test_what_lies_above_the_environments_is_disturbed_for_the_caller_s(api: Any, faults: Any) -> None:
    rule = faults.set("error", operation="GET /environments")
    api.get("/environments", expect=500)
    assert faults.rule(rule)["injected"] == 1


@pytest.mark.parametrize(
    ("body", "field", "says"),
    [
        ({}, "", "discriminator 'kind'"),
        ({"kind": "slow"}, "", "expected tags: 'latency', 'rate_limit', 'error'"),
        ({"kind": "latency"}, "duration", "required"),
        ({"kind": "latency", "duration": "soon"}, "duration", "ISO 8601"),
        ({"kind": "latency", "duration": "P1M"}, "duration", "ISO 8601"),
        ({"kind": "latency", "duration": True}, "duration", "ISO 8601"),
        ({"kind": "latency", "duration": 3600}, "duration", "not between 0 and 0:10:00"),
        ({"kind": "latency", "duration": -1}, "duration", "not between"),
        ({"kind": "latency", "duration": 1e300}, "duration", "ISO 8601"),
        ({"kind": "latency", "duration": 2, "up_to": 1}, "latency", "not less than duration"),
        ({"kind": "error", "status": 404}, "status", "greater than or equal to 500"),
        ({"kind": "error", "when": "during"}, "when", "'before' or 'after'"),
        ({"kind": "error", "probability": 0}, "probability", "greater than 0"),
        ({"kind": "error", "probability": 1.1}, "probability", "less than or equal to 1"),
        ({"kind": "error", "count": 0}, "count", "greater than or equal to 1"),
        ({"kind": "error", "after": -1}, "after", "greater than or equal to 0"),
        ({"kind": "error", "retry": 1}, "retry", "not permitted"),
        ({"kind": "rate_limit", "retry_after": -1}, "retry_after", "greater than or equal to 0"),
        ({"kind": "truncate", "keep": 1}, "keep", "less than 1"),
        ({"kind": "error", "operation": "POST /evnts"}, "operation", "did you mean POST /events"),
        ({"kind": "error", "operation": ""}, "operation", "at least 1 character"),
        ({"kind": "usage_lag", "duration": 1, "operation": "GET /customers"}, "operation", "give *, POST /events"),
        ({"kind": "clock_skew", "by": "-P1M"}, "by", "or -PT5M"),
        ({"kind": "webhook_delay", "duration": 1, "operation": "invoice.updat"}, "operation", "did you mean invoice.update"),
        ({"kind": "webhook_delay", "duration": 1, "operation": "GET /customers"}, "operation", "no webhook event"),
        ({"kind": "webhook_duplicate", "times": 1}, "times", "greater than or equal to 2"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_by_field_and_with_what_is_allowed(faults: Any, body: Any, field: str, says: str) -> None:
    (detail,) = faults.call("POST", "", body, status=422)["detail"]
    assert detail["loc"][-1] == (field or "body")
    assert says in detail["msg"]
    assert faults.call("GET")["items"] == []
