"""Settings: defaults, what is checked, what a write replaces."""

from typing import Any

import pytest

from flexprice_emulator.platform.settings.catalog import SETTINGS

NUMBERING = {"prefix": "AC", "format": "YYYY", "start_sequence": 7, "timezone": "UTC", "suffix_length": 3}


def put(api: Any, key: str, value: Any, expect: int | None = None) -> Any:
    return api.put(f"/settings/{key}", {"value": value}, expect=expect)


@pytest.mark.parametrize("key", SETTINGS)
def test_every_setting_has_a_default_without_an_owner(api: Any, key: str) -> None:
    held = api.get(f"/settings/{key}")
    assert held["value"] == SETTINGS[key].default
    assert (held["id"], held["status"], held["created_at"]) == ("", "", "0001-01-01T00:00:00Z")
    assert list(held["value"]) == sorted(held["value"])


@pytest.mark.parametrize("key", [key for key in SETTINGS if key not in ("invoice_config", "subscription_config", "tenant_config")])
def test_defaults_can_be_written_back(api: Any, key: str) -> None:
    default = api.get(f"/settings/{key}")["value"]
    assert put(api, key, default)["value"] == default
    assert api.delete(f"/settings/{key}", expect=200)["message"] == "Setting deleted successfully"
    api.delete(f"/settings/{key}", expect=404)


def test_what_is_left_out_keeps_its_value(api: Any) -> None:
    put(api, "invoice_config", {**NUMBERING, "due_date_days": 10})
    held = put(api, "invoice_config", {**NUMBERING, "prefix": "AD"})["value"]
    assert (held["prefix"], held["due_date_days"], held["finalization_delay_seconds"]) == ("AD", 10, 7200)
    assert put(api, "invoice_config", {**NUMBERING, "due_date_days": 0, "separator": ""})["value"] | {} == {
        **NUMBERING,
        "due_date_days": 0,
        "separator": "",
        "finalization_delay_seconds": 7200,
    }


def test_a_flag_shows_only_while_it_is_true(api: Any) -> None:
    flag = "auto_complete_purchased_credit_transaction"
    assert put(api, "invoice_config", {**NUMBERING, flag: True})["value"][flag] is True
    assert put(api, "invoice_config", NUMBERING)["value"][flag] is True
    assert flag not in put(api, "invoice_config", {**NUMBERING, flag: False})["value"]


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("invoice_config", {**NUMBERING, "format": "DD"}, "Invoice config format must be one of [YYYYMM YYYYMMDD YYMMDD YY YYYY]"),
        ("invoice_config", {**NUMBERING, "suffix_length": "3"}, "Failed to unmarshal JSON to struct"),
        ("invoice_config", {"prefix": "X"}, "Request validation failed"),
        ("wallet_balance_alert_config", {"alert_enabled": True}, "Please provide at least one threshold configuration"),
        (
            "bonus_credits_topup_config",
            {"enabled": True, "slabs": [{"threshold": "-1", "operator": "gte", "bonus": {"type": "flat", "value": "1"}}]},
            "Slab threshold must be a non-negative value",
        ),
        ("bonus_credits_topup_config", {"slabs": [{"threshold": "1", "operator": "gt", "bonus": {}}]}, "Request validation failed"),
        ("nope", {}, "Please provide a valid setting key"),
        ("invoice_config", None, "Please provide a valid setting value"),
    ],
)
def test_refused_values(api: Any, key: str, value: Any, message: str) -> None:
    assert put(api, key, value, expect=400)["message"] == message


def test_a_refused_value_changes_nothing(api: Any) -> None:
    before = put(api, "invoice_config", NUMBERING)
    put(api, "invoice_config", {**NUMBERING, "format": "DD"}, expect=400)
    assert api.get("/settings/invoice_config") == before


def test_settings_belong_to_their_environment_and_tenant_config_to_all(platform: Any) -> None:
    production = {"X-Environment-ID": "00000000-0000-0000-0000-000000000001"}
    put(platform, "invoice_config", NUMBERING)
    put(platform, "tenant_config", {"max_users": 3})
    assert platform.send("GET", "/settings/invoice_config", headers=production).json()["value"]["prefix"] == "INV"
    held = platform.send("GET", "/settings/tenant_config", headers=production).json()
    assert (held["value"]["max_users"], held["environment_id"]) == (3, "")


def test_only_people_with_full_access_and_configured_keys_write(platform: Any) -> None:
    key = platform.post("/secrets/api/keys", {"name": "K", "type": "private_key"})["api_key"]
    for method in ("PUT", "DELETE"):
        refused = platform.send(method, "/settings/invoice_config", {"value": NUMBERING}, headers={"x-api-key": key})
        assert (refused.status_code, refused.json()["message"]) == (403, "This action requires a user account with Super Admin access")
    assert platform.send("GET", "/settings/invoice_config", headers={"x-api-key": key}).status_code == 200


@pytest.mark.parametrize(
    ("key", "name", "most"),
    [
        ("invoice_config", "due_date_days", 1_000_000),
        ("invoice_config", "finalization_delay_seconds", 1_000_000_000),
        ("invoice_config", "start_sequence", 1_000_000_000_000),
        ("subscription_config", "grace_period_days", 1_000_000),
    ],
)
def test_numbers_that_lead_beyond_the_calendar_are_refused(api: Any, key: str, name: str, most: int) -> None:
    value = NUMBERING if key == "invoice_config" else {}
    refused = put(api, key, {**value, name: most + 1}, expect=400)
    assert refused["message"] == "Request validation failed"
    assert "'max' tag" in next(iter(refused["details"].values()))
    assert put(api, key, {**value, name: most})["value"][name] == most
