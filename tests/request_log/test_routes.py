"""/_emulator/requests."""

from typing import Any

import pytest

from flexprice_emulator.app import create_app
from flexprice_emulator.workspace.registry import Registry

NOW = "2026-03-10T12:00:00Z"


def test_a_request_and_its_answer_are_kept(api: Any, log: Any) -> None:
    api.freeze(NOW)
    api.send("POST", "/customers?x=1&x=2", {"external_id": "a", "name": "A"}, headers={"x-request-id": "me"})
    (kept,) = log.find()
    assert (kept["number"], kept["operation"], kept["name"]) == (1, "POST /customers", "create_customer")
    assert (kept["method"], kept["path"], kept["query"]) == ("POST", "/v1/customers", [["x", "1"], ["x", "2"]])
    assert (kept["status"], kept["time"]) == (201, NOW)
    assert kept["real_time"] != NOW
    assert 0 < kept["duration_ms"] < 60_000
    assert kept["request"] == {"external_id": "a", "name": "A"}
    assert (kept["response"]["external_id"], kept["response_headers"]["x-request-id"]) == ("a", "me")
    assert kept["request_size"] == len('{"external_id":"a","name":"A"}')
    assert log.call("GET", "/1") == kept


def test_refusals_unknown_paths_and_faults_are_kept_too(api: Any, log: Any) -> None:
    api.post("/customers", {}, expect=400)
    assert api.send("GET", "/nothing/here").status_code == 404
    api.send("GET", "//health")
    api.send("OPTIONS", "/customers")
    rule = api.send("POST", "//_emulator/faults", {"kind": "error", "operation": "GET /plans"}).json()["id"]
    api.get("/plans", expect=500)
    assert [(item["status"], item["operation"], item["faults"]) for item in log.find()] == [
        (400, "POST /customers", []),
        (404, "", []),
        (500, "GET /plans", [rule]),
    ]
    assert len(log.find(fault=rule)) == 1


def test_requests_are_their_workspace_s(api: Any, log: Any) -> None:
    api.get("/plans")
    api.get("/users/me", expect=None)
    api.send("GET", "/plans", headers={"x-api-key": "sk_ws_log_elsewhere"})
    assert [item["operation"] for item in log.find()] == ["GET /plans", "GET /users/me"]


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({}, [1, 2, 3, 4]),
        ({"operation": "POST /v1/customers"}, [1, 2]),
        ({"operation": "getCustomer"}, [4]),
        ({"operation": "GET /customers/nobody"}, [4]),
        ({"operation": "/wallets/*"}, []),
        ({"method": "get"}, [3, 4]),
        ({"path": "/v1/customers*"}, [1, 2, 4]),
        ({"path": "/customers"}, [1, 2]),
        ({"status": "201"}, [1]),
        ({"status": "4xx"}, [2, 4]),
        ({"status": "none"}, []),
        ({"body": {"external_id": "a"}}, [1, 2]),
        ({"body": {"external_id": "a", "name": "B"}}, [2]),
        ({"response": {"code": "already_exists"}}, [2]),
        ({"since": 2}, [3, 4]),
        ({"since_time": "2026-03-10T13:00:00Z"}, [3, 4]),
        ({"operation": "POST *", "status": "201", "body": {"name": "B"}}, []),
        ({"limit": 2}, [3, 4]),
    ],
)
def test_all_filters_have_to_agree(api: Any, log: Any, wanted: Any, numbers: list[int]) -> None:
    api.freeze(NOW)
    api.post("/customers", {"external_id": "a", "name": "A"})
    api.post("/customers", {"external_id": "a", "name": "B"}, expect=409)
    api.freeze("2026-03-10T13:00:00Z")
    api.get("/plans")
    api.get("/customers/nobody", expect=404)
    assert [item["number"] for item in log.find(**wanted)] == numbers


@pytest.mark.parametrize(
    ("query", "field"),
    [("status=2", "status"), ("body=%7B", "body"), ("since=-1", "since"), ("limit=0", "limit"), ("since_time=x", "since_time")],
)
def test_a_filter_that_cannot_be_is_named(log: Any, query: str, field: str) -> None:
    (detail,) = log.call("GET", f"?{query}", status=422)["detail"]
    assert detail["loc"] == ["query", field]


def test_a_name_that_no_operation_has_is_refused_since_it_would_never_be_found(log: Any) -> None:
    (detail,) = log.call("POST", "/assert", {"operation": "create_costumer", "never": True}, 422)["detail"]
    assert detail["loc"] == ["body", "operation"]
    assert "did you mean create_customer" in detail["msg"]
    (detail,) = log.call("GET", "?operation=FOO%20/customers", status=422)["detail"]
    assert detail["loc"] == ["query", "operation"]
    # A path may be asked for without there being any operation.
    assert log.call("POST", "/assert", {"operation": "GET /v1/nothing", "never": True})["count"] == 0


def test_what_is_not_kept_is_said_to_be_so(api: Any, log: Any) -> None:
    api.get("/plans")
    assert log.call("GET", "/7", status=404)["detail"].endswith("has not come; the last is 1")
    assert log.call("DELETE")["cleared"] == 1
    assert log.call("GET", "/1", status=404)["detail"].endswith("is not kept any more")
    assert log.call("GET") == {**log.call("GET"), "items": [], "kept": 0, "last_number": 1}


def test_without_control_plane_or_with_length_zero_there_is_no_log() -> None:
    registry = Registry()
    assert create_app(registry, control=False).state.edge.request_log is None
    assert create_app(registry, control=False).state.edge.faults is None
    assert create_app(registry, request_log=0).state.edge.request_log is None
    assert create_app(registry, request_log=5).state.edge.request_log.last == 5
    registry.close()


@pytest.mark.parametrize("depth", [100, 300, 600, 5000])
def test_bodies_of_any_depth_are_shown_and_parts_have_an_end(api: Any, log: Any, depth: int) -> None:
    deep = "[" * depth + "]" * depth
    api.send("POST", "/customers", raw=f'{{"external_id":"a","metadata":{deep}}}'.encode())
    assert log.find()[0]["request"].endswith("]}")
    assert len(log.call("GET", "/har")["log"]["entries"]) == 1
    (detail,) = log.call("GET", f"?body={deep}" if depth < 5000 else "?body=" + "[" * 5000, status=422)["detail"]
    assert detail["loc"] == ["query", "body"]
    assert log.call("POST", "/assert", {"body": ["x"]}, 417)["count"] == 0


@pytest.mark.parametrize("value", ["NaN", "1e999", '"\\ud800"', "0.1234567890123456789012345"])
def test_what_is_no_common_json_is_shown_all_the_same(api: Any, log: Any, value: str) -> None:
    api.send("POST", "/events", raw=f'{{"event_name":"a","properties":{{"n":{value}}}}}'.encode())
    log.find()
    log.call("GET", "/har")
    raw = f'{{"count":5,"body":{{"properties":{{"n":{value}}}}}}}'.encode()
    answer = api.send("POST", "//_emulator/requests/assert", raw=raw, headers={"content-type": "application/json"})
    assert answer.status_code == (422 if value in ("NaN", '"\\ud800"') else 417)
