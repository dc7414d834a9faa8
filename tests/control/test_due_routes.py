"""/_emulator/clock/advance, /due, /settle."""

from typing import Any

import pytest

from flexprice_emulator.workspace.due_kinds import due_kind
from tests.workspace.due_world import at, schedule

START = "2026-01-31T00:00:00Z"


@pytest.fixture
def put(api: Any, server: Any) -> Any:
    """Schedules toy work in the workspace of `api`, which stands at START."""
    api.freeze(START)
    registry = server[1]._transport.app.state.registry
    workspace = registry.for_key(api.headers["x-api-key"])

    def put(kind: str, due_at: str, **subject: Any) -> None:
        schedule(workspace, kind, at(due_at), **subject)

    return put


def _post(api: Any, path: str, body: Any = None, status: int = 200) -> Any:
    answer = api.send("POST", f"//_emulator{path}", {} if body is None else body)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_due_lists_what_happens_next_soonest_first(api: Any, put: Any) -> None:
    put("toy.note", "2026-03-01T00:00:00Z", name="second")
    put("toy.note", "2026-02-01T00:00:00Z", name="first")
    answer = api.send("GET", "//_emulator/due").json()
    first = {"kind": "toy.note", "key": "toy.note/first", "due_at": "2026-02-01T00:00:00Z", "subject": {"name": "first"}}
    assert answer["items"][0] == {**first, "state": "waiting", "attempts": 0, "last_error": ""}
    assert (answer["now"], answer["count"], answer["items"][1]["key"]) == (START, 2, "toy.note/second")
    limited = api.send("GET", "//_emulator/due?limit=1").json()
    assert (len(limited["items"]), limited["count"]) == (1, 2)


def test_advance_by_a_duration_performs_what_falls_due(api: Any, put: Any) -> None:
    put("toy.note", "2026-02-28T00:00:00Z", name="in time")
    put("toy.note", "2026-02-28T00:00:01Z", name="later")
    answer = _post(api, "/clock/advance", {"by": "P1M"})
    performed = {"kind": "toy.note", "key": "toy.note/in time", "due_at": "2026-02-28T00:00:00Z", "subject": {"name": "in time"}}
    assert (answer["mode"], answer["now"], answer["performed"]) == ("frozen", "2026-02-28T00:00:00Z", [performed])
    assert (answer["performed_count"], answer["failed"], answer["failed_count"]) == (1, [], 0)
    assert api.send("GET", "//_emulator/due?state=done").json()["count"] == 1


def test_an_advance_stops_after_so_many_rows_and_says_where(api: Any, put: Any) -> None:
    for day in "123":
        put("toy.note", f"2026-02-0{day}T00:00:00Z", name=day)
    answer = _post(api, "/clock/advance", {"by": "P100Y", "limit": 2})
    assert (answer["now"], answer["performed_count"]) == ("2026-02-02T00:00:00Z", 2)
    stopped = answer["stopped"]
    assert (stopped["target"], stopped["limit"]) == ("2126-01-31T00:00:00Z", 2)
    assert stopped["message"].startswith("stopped at 2026-02-02T00:00:00Z after 2 rows of due work, before 2126-01-31T00:00:00Z")
    going_on = _post(api, "/clock/advance", {"to": stopped["target"], "limit": 2})
    assert (going_on["now"], going_on["performed_count"], going_on["stopped"]) == (stopped["target"], 1, None)
    assert _post(api, "/clock/advance", {"by": "P1D", "limit": 0}, status=422)


def test_advance_to_a_time_reports_failures_with_reason_and_next_try(api: Any, put: Any) -> None:
    put("toy.broken", "2026-02-01T00:00:00Z", what="fly")
    answer = _post(api, "/clock/advance", {"to": "2026-02-01T00:30:00Z"})
    (failed,) = answer["failed"]
    assert (failed["attempts"], failed["error"], failed["retry_at"]) == (1, "ValueError: cannot fly", "2026-02-01T01:00:00Z")
    assert answer["failed_count"] == 1
    waiting = api.send("GET", "//_emulator/due").json()["items"][0]
    assert (waiting["attempts"], waiting["last_error"]) == (1, "ValueError: cannot fly")


def test_settle_performs_what_a_clock_set_without_settling_left_due(api: Any, put: Any) -> None:
    put("toy.note", "2026-02-01T00:00:00Z", name="a")
    assert _post(api, "/clock", {"now": "2026-03-01T00:00:00Z", "settle": False})["performed"] == []
    assert _post(api, "/settle")["performed_count"] == 1
    assert _post(api, "/settle")["performed_count"] == 0


def test_handlers_see_the_server_and_the_tenant(api: Any, put: Any) -> None:
    seen: list[Any] = []

    @due_kind("toy.server")
    def look(ctx: Any, subject: dict[str, Any]) -> None:
        seen.extend((ctx.server.registry.get(ctx.environment_id) is ctx.workspace, ctx.tenant_id))

    put("toy.server", START)
    _post(api, "/settle")
    assert seen == [True, "00000000-0000-0000-0000-000000000000"]


@pytest.mark.parametrize(
    ("path", "body", "place", "said"),
    [
        ("/clock/advance", {}, ["body"], "give either by"),
        ("/clock/advance", {"by": "P1D", "to": START}, ["body"], "give either by"),
        ("/clock/advance", {"by": "a month"}, ["body", "by"], "give one such as P1M, P1DT12H or PT30M"),
        ("/clock/advance", {"by": "P2000Y"}, ["body", "by"], "beyond 3000-01-01T00:00:00Z"),
        ("/clock/advance", {"by": "P9999Y"}, ["body", "by"], "beyond 3000-01-01T00:00:00Z"),
        ("/clock/advance", {"to": "2026-01-30T00:00:00Z"}, ["body", "to"], "is before the present time 2026-01-31T00:00:00Z"),
        ("/clock/advance", {"to": "2026-02-01"}, ["body", "to"], "not an RFC 3339 time with a zone; for example 2026-01-31T00:00:00Z"),
        ("/clock", {"mode": "sideways"}, ["body", "mode"], "'real', 'frozen', 'shifted' or 'accelerated'"),
        ("/clock", {"now": "9999-01-01T00:00:00Z"}, ["body", "now"], "not between 1970-01-01T00:00:00Z and 3000-01-01T00:00:00Z"),
        ("/clock", {"mode": "real", "now": START}, ["body"], "leave it out in mode real"),
        ("/clock", {"mode": "accelerated", "rate": 0}, ["body", "rate"], "greater than 0"),
    ],
)
def test_bad_requests_name_place_value_and_what_is_allowed(api: Any, path: str, body: Any, place: list[str], said: str) -> None:
    api.freeze(START)
    (detail,) = _post(api, path, body, 422)["detail"]
    assert detail["loc"] == place
    assert said in detail["msg"]
    assert detail["input"] == (body if len(place) == 1 else body[place[1]])


def test_bad_queries_are_refused(api: Any) -> None:
    for query in ("limit=0", "limit=1001", "state=gone"):
        assert api.send("GET", f"//_emulator/due?{query}").status_code == 422, query


def test_an_unknown_key_moves_no_clock(api: Any) -> None:
    answer = api.send("POST", "//_emulator/settle", {}, headers={"x-api-key": "sk_unknown"})
    assert (answer.status_code, answer.json()) == (401, {"detail": "x-api-key: no such key, or its environment is gone"})
