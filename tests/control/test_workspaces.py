"""/_emulator/workspaces over the whole server."""

from typing import Any
from uuid import uuid4

import pytest

PLAN = {"name": "Pro", "lookup_key": "pro"}


def new(prefix: str = "env") -> str:
    """An id nobody has."""
    return f"{prefix}_{uuid4().hex}"


@pytest.fixture
def control(api: Any) -> Any:
    """Calls of the control plane: (method, path, body, expect) -> JSON."""
    return lambda method, path, body=None, expect=None: api.call(method, f"//_emulator{path}", body, expect=expect)


def at(api: Any, key: str) -> Any:
    """The same server with another key."""
    return type(api)(api._portal, api._client, key)


def test_a_workspace_is_made_listed_shown_and_deleted(api: Any, control: Any) -> None:
    key = new("sk_ws")
    made = control("POST", "/workspaces", {"name": "Checkout", "clock": "2026-03-01T00:00:00Z", "seed": 7, "key": key})
    assert (made["name"], made["api_key"], made["seed"]) == ("Checkout", key, "7")
    assert made["clock"] == {"mode": "frozen", "now": "2026-03-01T00:00:00Z", "rate": 1.0}
    assert (made["snapshots"], made["objects"], made["due"]) == ([], {}, 0)
    identity = made["environment_id"]
    customer = at(api, key).post("/customers", {"external_id": "acme", "name": "acme"})
    assert customer["environment_id"] == identity
    shown = control("GET", f"/workspaces/{identity}")
    assert shown["objects"]["customers"] == 1
    assert control("GET", f"/workspaces/{key}") == shown
    listed = [item for item in control("GET", "/workspaces")["items"] if item["environment_id"] == identity]
    assert listed == [{name: made[name] for name in ("environment_id", "name", "type", "created_at", "clock")}]
    assert control("DELETE", f"/workspaces/{identity}") == {"environment_id": identity}
    assert control("GET", f"/workspaces/{identity}", expect=404)["detail"] == f"no workspace {identity}"
    assert at(api, key).get("/customers")["items"] == []


def test_an_id_of_one_s_own_gets_a_key(api: Any, control: Any) -> None:
    identity = new()
    made = control("POST", "/workspaces", {"environment_id": identity})
    assert (made["environment_id"], made["name"]) == (identity, identity)
    assert at(api, made["api_key"]).post("/customers", {"external_id": "x", "name": "x"})["environment_id"] == identity
    again = control("POST", "/workspaces", {"environment_id": identity}, expect=409)
    assert again["detail"] == f"there is an environment {identity} already"
    control("DELETE", f"/workspaces/{identity}")
    assert at(api, made["api_key"]).send("GET", "/customers").status_code == 401


def test_without_a_body_it_gets_a_key_of_its_own_and_the_server_s_clock(api: Any, control: Any) -> None:
    made = control("POST", "/workspaces")
    assert made["api_key"].startswith("sk_ws_")
    assert made["clock"]["mode"] == "real"
    assert at(api, made["api_key"]).call("GET", "//_emulator/workspaces/current")["environment_id"] == made["environment_id"]


@pytest.mark.parametrize("start", ["real", "2026-03-01T00:00:00Z", {"mode": "shifted", "now": "2020-01-01T00:00:00Z"}, {"mode": "frozen"}])
def test_a_clock_starts_as_asked(control: Any, start: Any) -> None:
    made = control("POST", "/workspaces", {"clock": start})["clock"]
    assert made["mode"] == ("real" if start == "real" else start["mode"] if isinstance(start, dict) else "frozen")
    if start != "real" and "now" in str(start):
        assert made["now"].startswith("2020-01-01T00:00:0")


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"clock": "noon"}, ["body", "clock", "now"]),
        ({"clock": {"mode": "frozen", "now": "0001-01-01T00:00:00Z"}}, ["body", "clock", "now"]),
        ({"clock": {"mode": "accelerated", "rate": 0}}, ["body", "clock", "rate"]),
        ({"clock": 7}, ["body", "clock"]),
        ({"seed": ""}, ["body", "seed"]),
        ({"seed": True}, ["body", "seed"]),
        ({"environment_id": "../root"}, ["body", "environment_id"]),
        ({"key": "sk_live_x"}, ["body", "key"]),
        ({"key": "sk_ws_a", "environment_id": "env_a"}, ["body"]),
        ({"colour": "red"}, ["body", "colour"]),
    ],
)
def test_mistakes_are_named(control: Any, body: Any, where: list[str]) -> None:
    assert control("POST", "/workspaces", body, expect=422)["detail"][0]["loc"] == where


def test_the_sandbox_and_production_are_always_there(control: Any) -> None:
    for identity in ("00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000001"):
        detail = control("DELETE", f"/workspaces/{identity}", expect=409)["detail"]
        assert "is always there" in detail
        assert f"/workspaces/{identity}/reset" in detail


def test_two_workspaces_of_one_seed_and_clock_answer_alike(api: Any, control: Any) -> None:
    start = {"clock": "2026-03-01T00:00:00Z", "seed": "same"}
    first, second = (control("POST", "/workspaces", start) for _ in range(2))
    plans = [at(api, made["api_key"]).send("POST", "/plans", PLAN).text.replace(made["environment_id"], "…") for made in (first, second)]
    assert plans[0] == plans[1]


def test_a_reset_goes_back_to_the_beginning_or_to_another(api: Any, control: Any) -> None:
    api.freeze("2026-03-01T00:00:00Z")
    api.post("/customers", {"external_id": "acme", "name": "acme"})
    begun = control("POST", "/reset")
    assert (begun["clock"]["mode"], begun["objects"]) == ("real", {})
    anew = control("POST", "/workspaces/current/reset", {"clock": "2026-05-01T00:00:00Z", "seed": "s"})
    assert (anew["clock"]["now"], anew["seed"]) == ("2026-05-01T00:00:00Z", "s")
    first = api.post("/customers", {"external_id": "acme", "name": "acme"})
    control("POST", "/reset")
    assert api.post("/customers", {"external_id": "acme", "name": "acme"}) == first


def test_snapshot_and_restore(api: Any, control: Any) -> None:
    api.freeze("2026-03-01T00:00:00Z")
    taken = control("POST", "/snapshots", {"name": "before"})
    assert (taken["name"], taken["now"]) == ("before", "2026-03-01T00:00:00Z")
    first = api.post("/customers", {"external_id": "acme", "name": "acme"})
    control("POST", "/clock/advance", {"by": "P1M"})
    back = control("POST", "/restore", {"snapshot": "before"})
    assert (back["clock"]["now"], back["objects"], back["snapshots"]) == ("2026-03-01T00:00:00Z", {}, ["before"])
    assert api.post("/customers", {"external_id": "acme", "name": "acme"}) == first
    assert "already" in control("POST", "/snapshots", {"name": "before"}, expect=409)["detail"]
    control("POST", "/snapshots", {"name": "before", "replace": True})
    assert control("GET", "/diff?a=current@before")["equal"] is True
    assert [item["name"] for item in control("GET", "/snapshots")["items"]] == ["before"]
    assert control("DELETE", "/snapshots/before")["items"] == []
    assert control("POST", "/restore", {"snapshot": "before"}, expect=404)["detail"] == "no snapshot before"
    assert control("POST", "/snapshots", {"name": "../x"}, expect=422)["detail"][0]["loc"] == ["body", "name"]


def test_a_fork_from_a_snapshot_with_a_key_of_one_s_own(api: Any, control: Any) -> None:
    api.post("/customers", {"external_id": "early", "name": "early"})
    control("POST", "/snapshots", {"name": "early"})
    api.post("/customers", {"external_id": "late", "name": "late"})
    key = new("sk_ws")
    forked = control("POST", "/fork", {"snapshot": "early", "key": key})
    assert (forked["api_key"], forked["objects"]["customers"]) == (key, 1)
    assert [held["external_id"] for held in at(api, key).get("/customers")["items"]] == ["early"]
    assert control("POST", "/fork", {"snapshot": "none"}, expect=404)["detail"] == "no snapshot none"
    assert "already" in control("POST", "/fork", {"key": key}, expect=409)["detail"]


def test_a_difference_by_table_object_and_field(api: Any, control: Any) -> None:
    api.freeze("2026-03-01T00:00:00Z")
    changed, removed = (api.post("/customers", {"external_id": name, "name": name}) for name in ("changed", "same"))
    forked = control("POST", "/fork")
    assert control("GET", f"/diff?a=current&b={forked['environment_id']}") == {
        "a": {"environment_id": changed["environment_id"], "snapshot": None},
        "b": {"environment_id": forked["environment_id"], "snapshot": None},
        "equal": True,
        "clock": None,
        "tables": {},
    }
    other = at(api, forked["api_key"])
    other.put(f"/customers/{changed['id']}", {"name": "new name", "metadata": {"k": "v"}})
    added = other.post("/plans", PLAN)
    other.post("/events", {"event_name": "e", "external_customer_id": "changed", "properties": {}})
    gone = api.post("/customers", {"external_id": "gone", "name": "gone"})
    other.freeze("2026-03-02T00:00:00Z")
    found = control("GET", f"/diff?b={forked['api_key']}")
    assert found["equal"] is False
    assert found["clock"] == {
        "a": {"mode": "frozen", "now": "2026-03-01T00:00:00Z", "rate": 1.0},
        "b": {"mode": "frozen", "now": "2026-03-02T00:00:00Z", "rate": 1.0},
    }
    assert found["tables"]["plans"]["added"] == [added["id"]]
    customers = found["tables"]["customers"]
    assert customers["removed"] == [gone["id"]]
    assert customers["changed"] == [
        {"id": changed["id"], "fields": {"name": {"a": "changed", "b": "new name"}, "metadata": {"a": None, "b": {"k": "v"}}}}
    ]
    assert found["tables"]["events"] == {
        "added": [], "removed": [], "changed": [], "added_count": 1, "removed_count": 0, "changed_count": 0
    }  # fmt: skip
    short = control("GET", f"/diff?b={forked['api_key']}&limit=0")["tables"]["plans"]
    assert (short["added"], short["added_count"]) == ([], 1)
    assert control("GET", "/diff?a=nowhere", expect=404)["detail"] == "no workspace nowhere"
    assert removed["id"] not in str(found)


def test_a_fork_in_which_the_same_happened_does_not_differ_by_its_own_id(api: Any, control: Any) -> None:
    """Bodies of webhooks name their environment."""
    api.freeze("2026-03-01T00:00:00Z")
    control("PUT", "/webhooks/mode", {"mode": "collect"})
    control("POST", "/webhooks/endpoints", {"url": "http://127.0.0.1:3000/hooks"})
    forked = control("POST", "/fork")
    for one in (api, at(api, forked["api_key"])):
        one.post("/customers", {"external_id": "a", "name": "A"})
        one.send("POST", "//_emulator/settle")
        (delivery,) = one.get("//_emulator/webhooks/deliveries")["items"]
        assert delivery["body"]["customer"]["environment_id"]
    assert control("GET", f"/diff?b={forked['api_key']}") | {"a": None, "b": None} == {
        "a": None, "b": None, "equal": True, "clock": None, "tables": {}
    }  # fmt: skip


def test_a_short_path_means_the_workspace_of_the_request(api: Any, control: Any) -> None:
    control("POST", "/snapshots", {"name": "mine"})
    identity = control("GET", "/snapshots")["environment_id"]
    assert control("GET", f"/workspaces/{identity}/snapshots") == control("GET", "/snapshots")
    assert at(api, new("sk_ws")).call("GET", "//_emulator/snapshots")["items"] == []
    documented = api.call("GET", "//_emulator/openapi.json")["paths"]
    assert "parameters" in documented["/_emulator/workspaces/{workspace_id}/fork"]["post"]
    assert [held["in"] for held in documented["/_emulator/fork"]["post"]["parameters"]] == ["header", "header"]


def test_export_and_import_as_a_new_workspace_or_into_one(api: Any, control: Any) -> None:
    api.freeze("2026-03-01T00:00:00Z")
    api.post("/customers", {"external_id": "acme", "name": "acme"})
    file = api.send("GET", "//_emulator/export")
    identity = control("GET", "/workspaces/current")["environment_id"]
    assert file.headers["content-type"] == "application/gzip"
    assert file.headers["content-disposition"] == f'attachment; filename="{identity}.workspace.gz"'
    key = new("sk_ws")
    made = api.send("POST", f"//_emulator/workspaces/import?key={key}&name=Copy", raw=file.content).json()
    assert (made["name"], made["api_key"], made["objects"]["customers"]) == ("Copy", key, 1)
    assert control("GET", f"/diff?b={key}")["equal"] is True
    api.post("/customers", {"external_id": "late", "name": "late"})
    back = api.send("POST", "//_emulator/import", raw=file.content).json()
    assert back["objects"]["customers"] == 1
    assert (
        at(api, key).post("/customers", {"external_id": "x", "name": "x"})["id"]
        == api.post("/customers", {"external_id": "x", "name": "x"})["id"]
    )
    for content, said in (
        (b"", "the file is no export of a workspace"),
        (file.content[:-9], "the archive is damaged"),
        (b"{}", "the archive is damaged"),
    ):
        answer = api.send("POST", "//_emulator/import", raw=content)
        assert answer.status_code == 400
        assert answer.json()["detail"].startswith(said)
    assert api.send("POST", f"//_emulator/workspaces/import?key={key}", raw=file.content).status_code == 409
    assert api.send("POST", "//_emulator/workspaces/import?key=x", raw=file.content).status_code == 422
    assert api.send("GET", "//_emulator/export?snapshot=none").status_code == 404


def test_a_fork_answers_the_same_requests_with_the_same_bytes(api: Any, control: Any) -> None:
    api.freeze("2026-03-01T00:00:00Z")
    requests: list[tuple[str, str, Any]] = [
        ("POST", "/customers", {"external_id": "acme", "name": "Acme"}),
        ("POST", "/plans", PLAN),
        ("POST", "/events", {"event_name": "e", "external_customer_id": "acme", "properties": {"n": 1}}),
        ("POST", "/customers", {"external_id": "acme", "name": "Acme"}),
        ("POST", "//_emulator/clock/advance", {"by": "P1M"}),
        ("POST", "/events/query", {"external_customer_id": "acme"}),
        ("GET", "/customers", None),
    ]
    forked = control("POST", "/fork")
    identity = control("GET", "/workspaces/current")["environment_id"]
    for method, path, body in requests:
        ours, theirs = (held.send(method, path, body) for held in (api, at(api, forked["api_key"])))
        assert ours.status_code == theirs.status_code
        assert theirs.content.replace(forked["environment_id"].encode(), identity.encode()) == ours.content, path


def test_keys_are_made_after_a_restore_and_in_a_fork_too(api: Any, control: Any) -> None:
    """They live above the workspaces, where no id may come twice."""
    api.freeze("2026-03-01T00:00:00Z")
    control("POST", "/snapshots", {"name": "s"})
    body = {"name": "k", "type": "private_key"}
    keys = [api.post("/secrets/api/keys", body)["api_key"]]
    control("POST", "/restore", {"snapshot": "s"})
    keys.append(api.post("/secrets/api/keys", body)["api_key"])
    forked = control("POST", "/fork", {"snapshot": "s"})
    keys.append(at(api, forked["api_key"]).post("/secrets/api/keys", body)["api_key"])
    assert len(set(keys)) == 3
    for key, owner in zip(keys, (api.headers["x-api-key"],) * 2 + (forked["api_key"],), strict=True):
        held, meant = (at(api, one).call("GET", "//_emulator/workspaces/current")["environment_id"] for one in (key, owner))
        assert held == meant
