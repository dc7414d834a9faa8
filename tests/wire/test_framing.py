"""What every answer carries, and what paths do (wire.md §1-2)."""

from typing import Any
from urllib.parse import quote, unquote

import pytest


def test_unknown_paths_and_methods_are_404_text_before_authentication(api: Any) -> None:
    for method, path in (("GET", "/nope"), ("PATCH", "/customers"), ("PUT", "/customers/search/x/y"), ("GET", "//elsewhere")):
        answer = api.send(method, path, headers={"x-api-key": "wrong"})
        assert (answer.status_code, answer.text) == (404, "404 page not found"), path
        assert answer.headers["content-type"] == "text/plain"


def test_trailing_slash_redirects(api: Any) -> None:
    read = api.send("GET", "/customers/?limit=1")
    assert (read.status_code, read.headers["location"]) == (301, "/v1/customers?limit=1")
    assert api.send("POST", "/customers/", {}).status_code == 307


@pytest.mark.parametrize("segment", ["%0d%0aset-cookie:%20a", "%F0%9F%92%A5", "%E9%3F%23", "a%20b%25"])
def test_a_redirect_names_the_path_as_it_was_asked_for(api: Any, segment: str) -> None:
    moved = api.send("GET", f"/plans/{segment}/?limit=1")
    assert moved.status_code == 301
    expected = quote(unquote(segment, errors="replace"))
    assert moved.headers["location"] == f"/v1/plans/{expected}?limit=1"


def test_options_anywhere_is_an_empty_200_with_cors(api: Any) -> None:
    answer = api.send("OPTIONS", "/anything/at/all", headers={"x-api-key": None})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "GET, POST, PUT, DELETE, OPTIONS"


def test_request_id_is_echoed_or_made(api: Any) -> None:
    assert api.send("GET", "/customers", headers={"X-Request-ID": "mine"}).headers["x-request-id"] == "mine"
    assert len(api.send("GET", "/customers").headers["x-request-id"]) == 26


def test_security_headers_are_on_every_answer(api: Any) -> None:
    for path in ("/customers", "/nope", "//health"):
        headers = api.send("GET", path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


def test_texts_are_escaped_for_html(api: Any) -> None:
    answer = api.send("POST", "/customers", {"external_id": "a", "name": "<b>&\u2028"})
    assert '"name":"\\u003cb\\u003e\\u0026\\u2028"' in answer.text


def test_health_needs_no_key(api: Any) -> None:
    for method in ("GET", "POST"):
        answer = api.send(method, "//health", headers={"x-api-key": None})
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("headers", "status", "body"),
    [
        ({"x-api-key": None}, 401, {"error": "Unauthorized"}),
        ({"x-api-key": "sk_wrong"}, 401, {"error": "Unauthorized"}),
        ({"x-api-key": None, "Authorization": "Basic abc"}, 401, {"error": "Invalid authorization header format"}),
        ({"x-api-key": None, "Authorization": "Bearer abc"}, 401, {"error": "Invalid token"}),
        (
            {"x-api-key": "sk_local_flexprice_test_key", "X-Environment-ID": "env_nope"},
            403,
            {"error": "Access denied", "message": "Invalid or inaccessible environment"},
        ),
    ],
)
def test_refused_callers_get_the_bodies_of_their_own(api: Any, headers: dict[str, str], status: int, body: dict[str, str]) -> None:
    answer = api.send("GET", "/customers", headers=headers)
    assert (answer.status_code, answer.json()) == (status, body)
