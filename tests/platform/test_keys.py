"""API keys: what they open, for how long, and for whom."""

from typing import Any

import pytest


def mint(api: Any, **fields: Any) -> Any:
    return api.post("/secrets/api/keys", {"name": "K", "type": "private_key", **fields}, expect=201)


def use(api: Any, key: str, **headers: str) -> int:
    status: int = api.send("GET", "/customers", headers={"x-api-key": key, **headers}).status_code
    return status


def test_a_key_opens_its_environment_whatever_the_header_says(platform: Any) -> None:
    production = "00000000-0000-0000-0000-000000000001"
    made = platform.send("POST", "/secrets/api/keys", {"name": "K", "type": "private_key"}, headers={"X-Environment-ID": production}).json()
    body = {"external_id": "x", "name": "X"}
    answer = platform.send("POST", "/customers", body, headers={"x-api-key": made["api_key"], "X-Environment-ID": "env_other"})
    assert answer.json()["environment_id"] == production


def test_a_key_is_shown_once_and_masked_after(platform: Any) -> None:
    made = mint(platform)
    key = made["api_key"]
    (listed,) = platform.get("/secrets/api/keys")["items"]
    assert listed == made["secret"]
    assert listed["display_id"] == f"{key[:5]}***{key[-2:]}"
    assert key not in str(listed)


def test_a_revoked_key_ends_at_once(platform: Any) -> None:
    made = mint(platform)
    assert use(platform, made["api_key"]) == 200
    platform.delete(f"/secrets/api/keys/{made['secret']['id']}", expect=204)
    assert use(platform, made["api_key"]) == 401
    assert platform.get("/secrets/api/keys")["items"] == []
    platform.delete(f"/secrets/api/keys/{made['secret']['id']}", expect=404)


def test_an_expired_and_a_publishable_key_open_nothing(platform: Any) -> None:
    assert use(platform, mint(platform, expires_at="2020-01-01T00:00:00Z")["api_key"]) == 401
    public = mint(platform, type="publishable_key")["api_key"]
    assert public.startswith("pk_")
    assert use(platform, public) == 401
    # Lists show private keys only, whatever type is asked for.
    assert len(platform.get("/secrets/api/keys?type=publishable_key")["items"]) == 1


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"name": "K"}, "Please check the request payload"),
        ({"type": "private_key"}, "Please check the request payload"),
        ({"name": "K", "type": "magic"}, "Invalid secret type"),
    ],
)
def test_refused_keys(platform: Any, body: dict[str, str], message: str) -> None:
    assert platform.post("/secrets/api/keys", body, expect=400)["message"] == message


def test_limit_is_echoed(platform: Any) -> None:
    mint(platform)
    assert platform.get("/secrets/api/keys?limit=0")["pagination"]["limit"] == 0
    assert platform.get("/secrets/api/keys?limit=5000")["pagination"]["limit"] == 5000


def test_a_service_accounts_key_may_do_what_the_account_may(platform: Any) -> None:
    bot = platform.post("/users", {"type": "service_account", "name": "Bot", "roles": ["event_reader"]})["id"]
    made = mint(platform, service_account_id=bot)
    assert (made["secret"]["roles"], made["secret"]["user_type"]) == (["event_reader"], "service_account")
    answer = platform.send("POST", "/customers", {"external_id": "x", "name": "X"}, headers={"x-api-key": made["api_key"]})
    assert (answer.status_code, answer.json()) == (403, {"message": "insufficient permissions"})
    assert use(platform, made["api_key"]) == 200
    assert platform.get("/secrets/api/keys")["items"][0]["service_account_name"] == "Bot"


def test_keys_for_people_and_unknown_accounts_are_refused(platform: Any) -> None:
    body = {"name": "K", "type": "private_key"}
    platform.post("/secrets/api/keys", {**body, "service_account_id": "user_nope"}, expect=404)
    person = platform.post("/users", {"type": "user", "email": "p@example.com"})["id"]
    platform.post("/secrets/api/keys", {**body, "service_account_id": person}, expect=400)
