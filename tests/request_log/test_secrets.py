"""No secret is shown anywhere in the log."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexprice_emulator.request_log.record import BODY_LIMIT, text_of
from flexprice_emulator.request_log.redaction import redact_value

SECRET = "sk_ws_very-secret-0123456789"


def everything(log: Any) -> str:
    return json.dumps(log.call("GET")) + json.dumps(log.call("GET", "/har"))


def test_keys_sessions_and_cookies_in_headers_are_not_kept(api: Any, log: Any) -> None:
    sent = {"authorization": "Bearer abcdefgh", "cookie": "id=cookievalue", "x-session-token": "sessionvalue", "x-other": f"key {SECRET}"}
    api.send("GET", "/plans", headers=sent)
    shown = everything(log)
    for secret in (api.headers["x-api-key"], "abcdefgh", "cookievalue", "sessionvalue", SECRET):
        assert secret not in shown
    assert log.find()[0]["request_headers"]["x-other"] == "key sk_***"


def test_keys_passwords_and_tokens_in_bodies_paths_and_queries_are_masked(api: Any, log: Any) -> None:
    made = api.post("/secrets/api/keys", {"name": "k", "type": "private_key", "permissions": []})
    api.send("POST", "/auth/login", {"email": "a@b.c", "password": "hunter2hunter2"})
    api.send("GET", f"/customers/{SECRET}?key={SECRET}")
    connection = {"name": "c", "provider_type": "stripe", "encrypted_secret_data": {"webhook": "hookvalue", "list": ["listvalue"]}}
    api.send("POST", "/connections", connection)
    shown = everything(log)
    for secret in (made["api_key"], "hunter2hunter2", SECRET, "hookvalue", "listvalue"):
        assert secret not in shown


def test_a_cut_body_is_masked_as_text(api: Any, log: Any) -> None:
    api.send("POST", "/auth/login", {"password": 'hun"ter2', "token": "tokenvalue", "x": "y" * BODY_LIMIT})
    shown = everything(log)
    assert "ter2" not in shown
    assert "tokenvalue" not in shown
    assert log.find()[0]["request_cut"] is True


@given(st.dictionaries(st.sampled_from(["password", "Token", "api_key", "name"]), st.text(min_size=1, max_size=12), max_size=4))
def test_law_what_is_masked_is_masked_for_good(value: dict[str, str]) -> None:
    once = redact_value(value)
    assert redact_value(once) == once
    assert all(once[name] == "***" for name in value if name != "name")


@pytest.mark.parametrize("body", [b'{"price": 0.12345678901234567890, "a":[1 , 2]}', b"plain text", b""])
def test_a_body_without_secrets_keeps_its_text(body: bytes) -> None:
    assert text_of(body).encode() == body
