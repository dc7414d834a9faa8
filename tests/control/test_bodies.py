"""Bodies of the control plane, however they come; and refusals that name place, value and what is allowed."""

from typing import Any

import pytest


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/plain", "application/json", None])
def test_a_body_is_json_whatever_its_content_type_says(api: Any, content_type: str | None) -> None:
    answer = api.send("POST", "//_emulator/faults", raw=b'{"kind": "rate_limit", "count": 1}', headers={"content-type": content_type})
    assert (answer.status_code, answer.json()["kind"]) == (200, "rate_limit")


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b'{"name": "\\ud800"}', "surrogate"),
        (b'{"name": NaN}', "NaN is no number"),
        (b'{"name": ' + b"9" * 5000 + b"}", "not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"\\udc00": 1}', "surrogate"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(api: Any, raw: bytes, says: str) -> None:
    for path in ("/_emulator/snapshots", "/_emulator/workspaces", "/_emulator/clock", "/_emulator/faults"):
        answer = api.send("POST", "/" + path, raw=raw)
        assert answer.status_code == 422, (path, answer.text[:200])
        (problem,) = answer.json()["detail"]
        assert problem["loc"][0] == "body"
        assert says in problem["msg"]


def test_a_long_wrong_value_is_not_said_again_in_full(api: Any) -> None:
    for wrong in ("x" * 100_000, ["x"] * 100_000, {"a" * 100_000: 1}):
        answer = api.send("POST", "//_emulator/clock", {"mode": wrong, "now": wrong})
        assert answer.status_code == 422
        assert len(answer.content) < 3000
        assert [problem["loc"] for problem in answer.json()["detail"]] == [["body", "mode"], ["body", "now"]]


def test_a_number_too_large_for_any_type_is_refused(api: Any) -> None:
    answer = api.send("POST", "//_emulator/clock", raw=b'{"mode": "frozen", "now": 1e400, "rate": [1e400]}')
    assert (answer.status_code, [problem["input"] for problem in answer.json()["detail"]]) == (422, ["inf", "[inf]"])


def test_a_wrong_path_or_method_says_what_there_is(api: Any) -> None:
    assert api.send("GET", "//_emulator/nothing").json() == {"detail": "no route GET /_emulator/nothing; all of them: /_emulator/docs"}
    wrong = api.send("DELETE", "//_emulator/health")
    assert (wrong.status_code, wrong.json()) == (405, {"detail": "/_emulator/health is not for DELETE; it is for GET"})
    assert api.send("GET", "//_emulator/workspaces/env_nope").json() == {"detail": "no workspace env_nope"}
