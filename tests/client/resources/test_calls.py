"""Building calls and reading answers, by way of customers."""

import asyncio
from decimal import Decimal
from typing import Any

import httpx
import pytest

from flexprice_client import AsyncFlexprice, Config, ConfigError, Flexprice, UnexpectedResponseError
from flexprice_client.models.customers import CreateCustomerRequest

CUSTOMER = {
    "id": "cust_1", "external_id": "acme", "name": "Acme", "metadata": None,
    "created_at": "2026-11-22T05:37:15.60630134Z", "updated_at": "2026-11-22T05:37:15Z", "added_later": 1,
}  # fmt: skip


def test_a_request_model_sends_only_what_was_set(flexprice: Flexprice, service: Any) -> None:
    service.answers = [httpx.Response(201, json=CUSTOMER)]
    made = flexprice.customers.create(CreateCustomerRequest(external_id="acme", name="Acme"))
    assert service.bodies() == [{"external_id": "acme", "name": "Acme"}]
    assert (made.id, made.created_at.microsecond) == ("cust_1", 606301)


def test_a_mapping_is_sent_as_it_is(flexprice: Flexprice, service: Any) -> None:
    service.answers = [CUSTOMER]
    flexprice.customers.create({"external_id": "acme", "unknown": Decimal("1.50")})
    assert service.bodies() == [{"external_id": "acme", "unknown": "1.5"}]


def test_ids_are_quoted_in_the_path(flexprice: Flexprice, service: Any) -> None:
    service.answers = [CUSTOMER]
    flexprice.customers.get_by_external_id("a/b c?d")
    assert service.calls() == ["GET /v1/customers/external/a%2Fb%20c%3Fd"]


@pytest.mark.parametrize("bad", ["", ".", ".."])
def test_an_id_that_would_change_the_route_is_refused(flexprice: Flexprice, bad: str) -> None:
    with pytest.raises(ValueError, match="must be an id"):
        flexprice.customers.get(bad)


def test_an_update_names_the_customer_in_the_query(flexprice: Flexprice, service: Any) -> None:
    service.answers = [CUSTOMER, CUSTOMER]
    flexprice.customers.update("cust_1", {"name": "A"})
    flexprice.customers.update_by_external_id("acme", {"name": "A"})
    assert service.calls() == ["PUT /v1/customers?id=cust_1", "PUT /v1/customers?external_customer_id=acme"]


def test_a_204_is_none(flexprice: Flexprice, service: Any) -> None:
    service.answers = [httpx.Response(204)]
    assert flexprice.customers.delete("cust_1") is None


@pytest.mark.parametrize("body", [{"id": "cust_1"}, [], None, {**CUSTOMER, "created_at": "yesterday-secret"}])
def test_an_answer_of_another_form_is_told_without_its_values(flexprice: Flexprice, service: Any, body: Any) -> None:
    service.answers = [httpx.Response(200, json=body, headers={"x-request-id": "r1"})]
    with pytest.raises(UnexpectedResponseError, match="no CustomerResponse") as caught:
        flexprice.customers.get("cust_1")
    assert caught.value.request_id == "r1"
    assert "secret" not in str(caught.value)


def test_any_call_can_be_made_below_v1_or_at_the_root(flexprice: Flexprice, service: Any) -> None:
    service.answers = [httpx.Response(200, content=b'{"value":0.10}'), {"status": "ok"}]
    assert flexprice.request("post", "/events/usage", query={"a": [1, 2]}, body={"x": 1}) == {"value": Decimal("0.10")}
    assert flexprice.request("GET", "/health", at_root=True) == {"status": "ok"}
    assert service.calls() == ["POST /v1/events/usage?a=1&a=2", "GET /health"]


def test_the_awaiting_client_makes_the_same_calls(service: Any) -> None:
    service.answers = [CUSTOMER, {"items": [CUSTOMER], "pagination": {"total": 1, "limit": 100, "offset": 100}}, {"status": "ok"}]

    async def run() -> list[Any]:
        config = Config(base_url="http://service.test/v1")
        async with AsyncFlexprice(config=config, http=httpx.MockTransport(service)) as client:
            one = await client.customers.get("cust_1")
            every = [customer async for customer in client.customers.iter_all({"external_id": "acme"})]
            return [one, *every, await client.request("GET", "/health", at_root=True)]

    one, other, health = asyncio.run(run())
    assert one == other
    assert health == {"status": "ok"}
    assert service.calls() == ["GET /v1/customers/cust_1", "POST /v1/customers/search", "GET /health"]


def test_a_ready_configuration_comes_from_arguments_and_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLEXPRICE_API_KEY", "sk_ws_here")
    with Flexprice(base_url="http://elsewhere.test/v1", timeout=2) as client:
        assert (client.config.base_url, client.config.api_key, client.config.timeout) == ("http://elsewhere.test/v1", "sk_ws_here", 2.0)


def test_a_configuration_and_single_settings_exclude_each_other() -> None:
    with pytest.raises(ConfigError, match="leave out timeout"):
        Flexprice(config=Config(), timeout=2)
