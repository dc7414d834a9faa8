"""Links between rates and what they tax."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from flexprice_emulator.taxes import service
from flexprice_emulator.workspace.context import Context


@pytest.fixture
def rates(api: Any) -> dict[str, str]:
    """Two rates by code, and a customer c."""
    api.post("/customers", {"external_id": "c", "name": "C"})
    made = {}
    for code, fields in {
        "VAT": {"tax_rate_type": "percentage", "percentage_value": "20"},
        "FEE": {"tax_rate_type": "fixed", "fixed_value": "2"},
    }.items():
        made[code] = api.post("/taxes/rates", {"name": code, "code": code, **fields})["id"]
    return made


@contextmanager
def context(api: Any, server: Any) -> Iterator[Context]:
    workspace = server[1]._transport.app.state.registry.for_key(api.headers["x-api-key"])
    with workspace.transaction() as session:
        yield Context(workspace, session, workspace.clock.now())


def link(api: Any, code: str, **fields: Any) -> Any:
    return api.post("/taxes/associations", {"tax_rate_code": code, "external_customer_id": "c", "currency": "USD", **fields})


def test_left_out_means_not_applied(api: Any, rates: dict[str, str]) -> None:
    made = link(api, "VAT")
    assert {"auto_apply", "priority", "metadata", "end_date"} & made.keys() == set()
    assert (made["entity_type"], made["currency"], made["tax_rate_id"]) == ("customer", "usd", rates["VAT"])
    assert api.get(f"/taxes/associations/{made['id']}")["tax_rate"]["code"] == "VAT"


def test_change_and_end(api: Any, rates: dict[str, str]) -> None:
    made = link(api, "VAT")
    changed = api.put(f"/taxes/associations/{made['id']}", {"auto_apply": True, "priority": 3, "metadata": {"a": "b"}})
    assert (changed["auto_apply"], changed["priority"], changed["metadata"]) == (True, 3, {"a": "b"})
    assert api.send("DELETE", f"/taxes/associations/{made['id']}").content == b""
    api.get(f"/taxes/associations/{made['id']}", expect=404)


@pytest.mark.parametrize(
    ("fields", "status", "message"),
    [
        ({"tax_rate_code": ""}, 400, "Invalid request format"),
        ({"tax_rate_code": "NOPE"}, 404, "Taxrate with code NOPE was not found"),
        ({"external_customer_id": "nobody"}, 404, "Customer with lookup key nobody was not found"),
        ({"external_customer_id": "", "entity_type": "plan", "entity_id": "p"}, 400, "Invalid tax rate entity type"),
        ({"priority": -1}, 400, "Priority must be a non-negative integer"),
        ({"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"}, 400, "End date must be after start date"),
    ],
)
def test_refused_links(api: Any, rates: dict[str, str], fields: dict[str, Any], status: int, message: str) -> None:
    body = {"tax_rate_code": "VAT", "external_customer_id": "c", **fields}
    assert api.post("/taxes/associations", body, expect=status)["message"] == message


def test_lists_by_entity_rate_and_flag(api: Any, rates: dict[str, str]) -> None:
    link(api, "VAT", auto_apply=True)
    link(api, "FEE")
    found = api.get("/taxes/associations?external_customer_id=c&auto_apply=true&limit=5&expand=tax_rate")["items"]
    assert [item["tax_rate"]["code"] for item in found] == ["VAT"]
    assert len(api.get(f"/taxes/associations?tax_rate_id={rates['FEE']}&limit=5")["items"]) == 1
    assert api.get("/taxes/associations?limit=0", expect=400)["message"] == "invalid query filter"


def test_a_customer_made_with_an_unknown_tax_is_not_made(api: Any, rates: dict[str, str]) -> None:
    body = {"external_id": "d", "name": "D", "tax_rate_overrides": [{"tax_rate_code": "NOPE", "currency": "usd"}]}
    api.post("/customers", body, expect=404)
    api.get("/customers/external/d", expect=404)


def test_a_subscription_inherits_what_applies_by_itself(api: Any, server: Any, rates: dict[str, str]) -> None:
    for code, applied in (("VAT", True), ("FEE", False), ("VAT", True)):
        link(api, code, auto_apply=applied, priority=4)
    customer = api.get("/customers/external/c")["id"]
    with context(api, server) as ctx:
        copies = service.inherit_from_customer(ctx, customer, "subs_1")
        assert [(copy.entity_id, copy.priority, copy.tax_rate_id) for copy in copies] == [("subs_1", 4, rates["VAT"])] * 2
        # A rate that is linked twice is applied once.
        assert [rate.code for rate in service.rates_to_apply(ctx, "subscription", "subs_1")] == ["VAT"]
    api.delete(f"/taxes/associations/{api.get('/taxes/associations?limit=1')['items'][0]['id']}")
    assert len(api.get("/taxes/associations?entity_id=subs_1&limit=5")["items"]) == 1
