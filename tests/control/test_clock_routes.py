"""/_emulator/clock: each environment has its own time."""

from typing import Any


def test_clock_is_read_and_set_for_one_workspace_only(api: Any, server: Any) -> None:
    other = type(api)(*server, "sk_ws_other_clock_test")
    api.freeze("2026-03-01T00:00:00Z")

    assert api.send("GET", "//_emulator/clock").json()["now"] == "2026-03-01T00:00:00Z"
    assert other.send("GET", "//_emulator/clock").json()["mode"] == "real"
    assert api.post("/customers", {"external_id": "a", "name": "A"})["created_at"] == "2026-03-01T00:00:00Z"


def test_environment_header_names_the_workspace(api: Any) -> None:
    made = api.post("/customers", {"external_id": "a", "name": "A"})
    named = {"x-api-key": None, "X-Environment-ID": made["environment_id"]}
    answer = api.send("POST", "//_emulator/clock", {"now": "2026-05-05T00:00:00.500Z", "mode": "frozen"}, headers=named)
    clock = {"environment_id": made["environment_id"], "mode": "frozen", "now": "2026-05-05T00:00:00.5Z", "rate": 1.0}
    assert answer.json() == {**clock, "performed": [], "performed_count": 0, "failed": [], "failed_count": 0, "stopped": None}
    assert api.send("GET", "//_emulator/clock").json()["now"] == "2026-05-05T00:00:00.5Z"


def test_bad_clock_requests_say_what_is_wrong(api: Any) -> None:
    for body in ({"mode": "sideways"}, {"now": "soon"}, {"now": "2026-01-01T00:00:00"}, {"rate": 0, "mode": "accelerated"}, {"when": 1}):
        assert api.send("POST", "//_emulator/clock", body).status_code == 422, body
    unknown = api.send("GET", "//_emulator/clock", headers={"X-Environment-ID": "env_nope"})
    assert (unknown.status_code, unknown.json()) == (404, {"detail": "no environment env_nope"})
