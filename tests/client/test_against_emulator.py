"""The client and the emulator together, in one process."""

import asyncio

import pytest

from flexprice_client import AlreadyExistsError, AsyncFlexprice, AuthenticationError, Config, Flexprice, NotFoundError
from flexprice_emulator.app import create_app
from flexprice_emulator.workspace.registry import Registry


def test_the_life_of_a_customer_by_the_blocking_client() -> None:
    registry = Registry()
    with Flexprice(config=Config(api_key="sk_ws_life"), app=create_app(registry)) as flexprice:
        made = flexprice.customers.create({"external_id": "a b", "name": "A"})
        assert flexprice.customers.get_by_external_id("a b") == flexprice.customers.get(made.id)
        assert flexprice.customers.update(made.id, {"name": "B"}).name == "B"
        with pytest.raises(AlreadyExistsError) as taken:
            flexprice.customers.create({"external_id": "a b", "name": "A"})
        assert taken.value.details == {"external_id": "a b"}
        assert taken.value.request_id
        flexprice.customers.delete(made.id)
        with pytest.raises(NotFoundError):
            flexprice.customers.get_by_external_id("a b")
        assert flexprice.request("GET", "/health", at_root=True) == {"status": "ok"}
    registry.close()


def test_a_list_longer_than_a_page_by_the_awaiting_client() -> None:
    registry = Registry()

    async def run() -> list[str]:
        async with AsyncFlexprice(config=Config(api_key="sk_ws_list"), app=create_app(registry)) as flexprice:
            for number in range(101):
                await flexprice.customers.create({"external_id": f"c{number:03}", "name": "C"})
            return [customer.external_id async for customer in flexprice.customers.iter_all()]

    assert sorted(asyncio.run(run())) == [f"c{number:03}" for number in range(101)]
    registry.close()


def test_an_unknown_key_is_refused() -> None:
    registry = Registry()
    with Flexprice(config=Config(api_key="sk_nobody_1"), app=create_app(registry)) as flexprice, pytest.raises(AuthenticationError):
        flexprice.customers.list()
    registry.close()
