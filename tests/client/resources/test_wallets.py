"""Wallets, whose search and lists have habits of their own (wire.md §5, §6)."""

from typing import Any

import httpx
import pytest

from flexprice_client import AlreadyExistsError, Config, Flexprice, RetryPolicy

EMPTY = {"items": [], "pagination": {"total": 0, "limit": 50, "offset": 0}}


@pytest.mark.parametrize("given", [None, {}, {"wallet_ids": ["w"]}])
def test_a_search_without_paging_gets_some(flexprice: Flexprice, service: Any, given: Any) -> None:
    service.answers = [EMPTY]
    flexprice.wallets.search(given)
    assert service.bodies() == [{**(given or {}), "offset": 0}]


@pytest.mark.parametrize("given", [{"limit": 10}, {"order": "asc"}, {"expand": "customer"}])
def test_a_search_with_paging_is_sent_as_it_is(flexprice: Flexprice, service: Any, given: Any) -> None:
    service.answers = [EMPTY]
    flexprice.wallets.search(given)
    assert service.bodies() == [given]


def test_an_array_and_an_empty_answer_to_it(flexprice: Flexprice, service: Any) -> None:
    service.answers = [[], httpx.Response(200, content=b"null")]
    assert flexprice.wallets.list_by_customer("cust_1") == []
    assert flexprice.wallets.balances_by_external_id("acme", {"include_real_time_balance": True}) == []
    assert service.calls() == [
        "GET /v1/customers/cust_1/wallets",
        "GET /v1/customers/wallets?include_real_time_balance=true&lookup_key=acme",
    ]


def test_the_age_of_a_cached_balance_is_a_header(flexprice: Flexprice, service: Any) -> None:
    service.rule = lambda request: httpx.Response(404)
    for age in (None, 30):
        with pytest.raises(Exception, match="404"):
            flexprice.wallets.cached_balance("w", max_age=age)
    assert [request.headers.get("x-max-live") for request in service.seen] == [None, "30"]


def test_a_top_up_with_a_key_is_repeated_and_tells_so() -> None:
    script: list[Any] = [
        httpx.ReadError("cut"),
        httpx.Response(409, json={"code": "already_exists", "message": "used", "http_status_code": 409}),
    ]

    def answer(request: httpx.Request) -> httpx.Response:
        step = script.pop(0)
        if isinstance(step, Exception):
            raise step
        assert isinstance(step, httpx.Response)
        return step

    retry = RetryPolicy(base_delay=0.0)
    with Flexprice(config=Config(), http=httpx.MockTransport(answer), retry=retry) as flexprice:
        with pytest.raises(AlreadyExistsError) as caught:
            flexprice.wallets.top_up("w", {"credits_to_add": "10", "idempotency_key": "k"})
        assert caught.value.attempts == 2
