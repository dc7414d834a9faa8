"""Connections: credentials in, switches out."""

import pytest

from tests.conftest import Api

S3 = {"name": "S3", "provider_type": "s3", "sync_config": {"s3": {"bucket": "b", "region": "r"}}}


def test_credentials_never_come_out(api: Api) -> None:
    made = api.post("/connections", {**S3, "encrypted_secret_data": {"aws_secret_access_key": "SK-very-secret"}})

    assert "SK-very-secret" not in api.send("GET", f"/connections/{made['id']}").text
    assert "encrypted_secret_data" not in made


def test_a_provider_is_connected_once_and_again_after_deletion(api: Api) -> None:
    first = api.post("/connections", S3)

    refused = api.post("/connections", S3, expect=409)
    api.delete(f"/connections/{first['id']}", expect=204)
    second = api.post("/connections", S3)

    assert refused["details"]["existing_connection_id"] == first["id"]
    assert second["id"] != first["id"]
    assert api.get(f"/connections/{first['id']}", expect=404)["code"] == "not_found"


def test_switches_that_are_not_named_are_off(api: Api) -> None:
    bare = api.post("/connections", {"name": "R", "provider_type": "razorpay"})
    partial = api.post("/connections", {"name": "S", "provider_type": "stripe", "sync_config": {"invoice": {"outbound": True}}})

    assert len(bare["sync_config"]) == 8
    assert {direction for switch in bare["sync_config"].values() for direction in switch.values()} == {False}
    assert partial["sync_config"] == {"invoice": {"inbound": False, "outbound": True}}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"name": "X", "provider_type": "paypal"}, "Invalid secret provider"),
        ({"name": "X", "provider_type": "nomod"}, "Nomod connection requires encrypted_secret_data with api_key"),
        ({"name": "X", "provider_type": "aws_marketplace"}, "AWS Marketplace role_arn is required"),
        ({"provider_type": "stripe"}, "Request validation failed"),
        ({"name": "X", "provider_type": "stripe", "sync_config": {"invoice": {"inbound": "yes"}}}, "Invalid request format"),
    ],
)
def test_what_a_connection_is_refused_for(api: Api, body: dict[str, object], message: str) -> None:
    assert api.post("/connections", body, expect=400)["message"] == message


def test_the_page_is_echoed_and_not_applied(api: Api) -> None:
    assert api.get("/connections") == {"connections": None, "total": 0, "limit": 50, "offset": 0}
    for provider in ("stripe", "s3", "razorpay"):
        api.post("/connections", {"name": provider, "provider_type": provider})

    found = api.post("/connections/search", {"limit": 1, "offset": 7})

    assert (len(found["connections"]), found["total"], found["limit"], found["offset"]) == (3, 3, 1, 7)
    assert [entry["name"] for entry in api.get("/connections?provider_type=s3")["connections"]] == ["s3"]


def test_update_changes_what_is_given(api: Api) -> None:
    made = api.post("/connections", {**S3, "metadata": {"a": "b"}})

    changed = api.put(f"/connections/{made['id']}", {"name": "Bucket"})

    assert changed["name"] == "Bucket"
    assert changed["metadata"] == {"a": "b"}
    assert changed["sync_config"] == made["sync_config"]
