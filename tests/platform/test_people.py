"""Signing up, logging in, tenants, users and roles."""

from typing import Any

import pytest

from flexprice_emulator.platform import passwords
from flexprice_emulator.platform.roles import ROLES, permitted
from flexprice_emulator.workspace.ids import IdSource

NOBODY = {"x-api-key": ""}


def log_in(platform: Any, email: str, password: str) -> Any:
    return platform.send("POST", "/auth/login", {"email": email, "password": password}, headers=NOBODY)


def test_who_signs_up_has_a_tenant_and_a_sandbox_of_its_own(platform: Any, person: Any) -> None:
    ada = person()
    me = ada.get("/users/me")
    assert (me["email"], me["roles"], me["tenant"]["name"]) == ("ada@example.com", ["super_admin"], "Ada")
    assert [each["name"] for each in ada.get("/environments")["environments"]] == ["Sandbox"]
    ada.post("/customers", {"external_id": "x", "name": "X"})
    platform.get("/customers/external/x", expect=404)
    stranger = ada.send("GET", "/customers", headers={"X-Environment-ID": "00000000-0000-0000-0000-000000000000"})
    assert stranger.status_code == 403


def test_a_token_without_an_environment_opens_none(person: Any) -> None:
    ada = person()
    ada.headers.pop("X-Environment-ID")
    assert ada.send("GET", "/customers").status_code == 403
    assert ada.send("GET", "/users/me").status_code == 200


def test_logging_in(platform: Any, person: Any) -> None:
    person()
    assert log_in(platform, "ada@example.com", "secret-123").json().keys() == {"token", "user_id", "tenant_id"}
    wrong = log_in(platform, "ada@example.com", "other-123")
    assert (wrong.status_code, wrong.json()["message"]) == (403, "Invalid password")
    assert log_in(platform, "bob@example.com", "secret-123").status_code == 404
    again = platform.send("POST", "/auth/signup", {"email": "ada@example.com", "password": "secret-123"}, headers=NOBODY)
    assert (again.status_code, again.json()["details"]) == (409, {"email": "ada@example.com"})


@pytest.mark.parametrize("body", [{"email": "a@b.cc", "password": "short"}, {"email": "nope", "password": "long-enough"}, {}])
def test_refused_sign_ups(platform: Any, body: dict[str, str]) -> None:
    answer = platform.send("POST", "/auth/signup", body, headers=NOBODY)
    assert (answer.status_code, answer.json()["message"]) == (400, "Please check the request payload")


def test_a_tenant_is_read_and_changed_by_its_own(platform: Any, person: Any) -> None:
    ada = person()
    tenant = ada.get("/users/me")["tenant"]["id"]
    changed = ada.put(
        "/tenants/update", {"name": "Lovelace", "billing_details": {"email": "b@example.com", "address": {"address_city": "B"}}}
    )
    assert changed["billing_details"]["address"] == {
        **dict.fromkeys(("address_line1", "address_line2", "address_state", "address_postal_code", "address_country"), ""),
        "address_city": "B",
    }
    assert "phone" not in changed["billing_details"]
    assert ada.get(f"/tenants/{tenant}")["name"] == "Lovelace"
    assert platform.get(f"/tenants/{tenant}", expect=403)["code"] == "permission_denied"
    assert ada.get("/tenants/billing") == {"usage": None, "subscriptions": None}


def test_an_invited_person_logs_in_with_the_password_shown_once(platform: Any) -> None:
    made = platform.post("/users", {"type": "user", "email": "p@example.com", "roles": ["all_reader"]}, expect=201)
    assert log_in(platform, "p@example.com", made["password"]).status_code == 200
    found = platform.post("/users/search", {"type": "user", "limit": 10})["items"]
    assert {user["email"] for user in found} == {"admin@flexprice.dev", "p@example.com"}
    assert all("password" not in user for user in found)
    assert platform.post("/users", {"type": "user", "email": "p@example.com"}, expect=409)["code"] == "already_exists"


def test_a_reader_may_not_write(platform: Any) -> None:
    made = platform.post("/users", {"type": "user", "email": "p@example.com", "roles": ["all_reader"]})
    token = log_in(platform, "p@example.com", made["password"]).json()["token"]
    headers = {**NOBODY, "Authorization": f"Bearer {token}", "X-Environment-ID": "00000000-0000-0000-0000-000000000000"}
    assert platform.send("GET", "/customers", headers=headers).status_code == 200
    assert platform.send("POST", "/customers", {"external_id": "x", "name": "X"}, headers=headers).status_code == 403


def test_the_number_of_people_is_limited(platform: Any) -> None:
    platform.put("/settings/tenant_config", {"value": {"max_users": 1}})
    assert "maximum limit of 1 user" in platform.post("/users", {"type": "user", "email": "p@example.com"}, expect=400)["message"]
    platform.post("/users", {"type": "service_account", "name": "B", "roles": ["event_reader"]}, expect=201)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"type": "robot"}, "User type must be 'user' or 'service_account'"),
        ({"type": "user"}, "Email is required for user accounts"),
        ({"type": "service_account", "name": "B"}, "Service accounts require role assignment"),
        ({"type": "service_account", "name": "B", "roles": ["king"]}, "Role 'king' does not exist"),
        ({"type": "service_account", "name": "B", "roles": ["all_writer"]}, "Role 'all_writer' cannot be assigned to service accounts"),
    ],
)
def test_refused_users(platform: Any, body: dict[str, Any], message: str) -> None:
    assert platform.post("/users", body, expect=400)["message"] == message


def test_roles_of_people_change_and_those_of_service_accounts_do_not(platform: Any) -> None:
    human = platform.post("/users", {"type": "user", "email": "p@example.com", "roles": ["all_reader"]})["id"]
    bot = platform.post("/users", {"type": "service_account", "name": "B", "roles": ["event_reader"]})["id"]
    assert platform.put(f"/users/{human}/roles", {"roles": ["all_writer"]})["roles"] == ["all_writer"]
    assert platform.put(f"/users/{human}/roles", {"roles": []}, expect=400)["message"] == "At least one role is required"
    assert "fixed at creation" in platform.put(f"/users/{bot}/roles", {"roles": ["super_admin"]}, expect=400)["message"]
    assert platform.put(f"/users/{bot}", {"name": "C"})["name"] == "C"
    platform.put(f"/users/{human}", {"name": "C"}, expect=400)


def test_a_service_account_goes_once_its_keys_are_gone(platform: Any) -> None:
    bot = platform.post("/users", {"type": "service_account", "name": "B", "roles": ["event_reader"]})["id"]
    assert set(platform.put(f"/users/{bot}", {}, expect=400)["details"]) == {"Name"}
    key = platform.post("/secrets/api/keys", {"name": "K", "type": "private_key", "service_account_id": bot})["secret"]["id"]
    assert "Revoke all API keys" in platform.delete(f"/users/{bot}", expect=400)["message"]
    platform.delete(f"/secrets/api/keys/{key}")
    platform.delete(f"/users/{bot}", expect=204)
    platform.delete(f"/users/{bot}", expect=404)


def test_search_needs_a_paging_field(platform: Any) -> None:
    assert platform.send("POST", "/users/search", {"type": "user"}).status_code == 500
    assert platform.post("/users/search", {"type": "robot", "limit": 1}, expect=400)["code"] == "validation_error"
    platform.post("/users", {"type": "service_account", "name": "B", "roles": ["event_reader"]})
    by_role = platform.post("/users/search", {"roles": ["event_reader"], "limit": 5})
    assert [user["name"] for user in by_role["items"]] == ["B"]


def test_the_roles_there_are(platform: Any) -> None:
    assert {role["id"] for role in platform.get("/rbac/roles")["roles"]} == set(ROLES)
    accounts = {role["id"] for role in platform.get("/rbac/roles?user_type=service_account")["roles"]}
    assert accounts == {"super_admin", "event_ingestor", "event_reader"}
    assert platform.get("/rbac/roles/all_reader")["role"]["permissions"] == {"*": ["read"]}
    assert platform.get("/rbac/roles/king", expect=404) == {"error": "Role not found"}


@pytest.mark.parametrize(
    ("roles", "permission", "allowed"),
    [
        ([], "wallet:write", True),
        (["super_admin"], "user:write", True),
        (["all_reader"], "wallet:write", False),
        (["all_reader", "event_ingestor"], "event:write", True),
        (["event_ingestor"], "event:read", False),
        (["unknown"], "event:read", False),
    ],
)
def test_what_roles_grant(roles: list[str], permission: str, allowed: bool) -> None:
    assert permitted(roles, permission) is allowed


def test_equal_passwords_have_different_hashes() -> None:
    ids = IdSource(seed=1)
    one, other = passwords.hashed("secret", ids), passwords.hashed("secret", ids)
    assert one != other
    assert passwords.matches("secret", one)
    assert not passwords.matches("Secret", one)
    assert not passwords.matches("", "")
