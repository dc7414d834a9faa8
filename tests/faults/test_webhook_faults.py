"""Webhooks twice, late, and out of order, at a real receiver."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.webhooks.receiver import Receiver, receiving


class Shop:
    """A workspace that stands still and sends its customers' events to a receiver."""

    def __init__(self, api: Any, receiver: Receiver) -> None:
        self.api, self.receiver = api, receiver
        api.freeze("2026-01-31T00:00:00Z")
        self.control("POST", "/webhooks/endpoints", {"url": receiver.url, "event_types": ["customer.created"]})

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.api.send(method, f"//_emulator{path}", body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def customers(self, *names: str) -> None:
        """New customers, each settled before the next."""
        for name in names:
            self.api.post("/customers", {"external_id": name, "name": name})
            assert self.control("POST", "/settle", {})["failed"] == []

    def seen(self) -> list[str]:
        return [item.body["customer"]["external_id"] for item in self.receiver.received]

    def deliveries(self) -> list[Any]:
        items: list[Any] = self.control("GET", "/webhooks/deliveries")["items"]
        return items


@pytest.fixture
def shop(api: Any) -> Iterator[Shop]:
    with receiving() as receiver:
        yield Shop(api, receiver)


def test_a_duplicate_has_the_same_id_and_body(shop: Shop, faults: Any) -> None:
    faults.set("webhook_duplicate", operation="customer.created", count=1, times=3)
    shop.customers("a", "b")
    assert shop.seen() == ["a", "a", "a", "b"]
    first, second = shop.receiver.received[:2]
    assert first.raw == second.raw
    assert first.headers["svix-id"] == second.headers["svix-id"]
    assert [(item["state"], len(item["attempts"])) for item in shop.deliveries()] == [("delivered", 3), ("delivered", 1)]
    assert faults.injected() == {"webhook_duplicate": 1}


def test_one_is_held_until_the_next_was_sent(shop: Shop, faults: Any) -> None:
    faults.set("webhook_reorder", count=1)
    shop.customers("a")
    assert shop.seen() == []
    shop.customers("b")
    assert shop.seen() == ["b", "a"]
    shop.customers("c")
    assert shop.seen() == ["b", "a", "c"]


def test_without_a_count_every_second_one_passes_the_one_before(shop: Shop, faults: Any) -> None:
    faults.set("webhook_reorder")
    shop.customers("a", "b", "c", "d")
    assert shop.seen() == ["b", "a", "d", "c"]
    assert faults.injected() == {"webhook_reorder": 2}


def test_a_held_one_goes_when_nobody_comes(shop: Shop, faults: Any) -> None:
    faults.set("webhook_reorder", at_most="PT5M", count=1)
    shop.customers("a")
    faults.advance("PT4M59S")
    assert shop.seen() == []
    faults.advance("PT1S")
    assert shop.seen() == ["a"]
    shop.customers("b")
    assert shop.seen() == ["a", "b"]


def test_removing_the_rule_does_not_lose_what_it_holds(shop: Shop, faults: Any) -> None:
    faults.set("webhook_reorder", count=1)
    shop.customers("a")
    faults.call("DELETE")
    shop.customers("b")
    assert shop.seen() == ["b", "a"]


def test_a_delayed_one_comes_later_by_the_workspace_s_clock_once(shop: Shop, faults: Any) -> None:
    faults.set("webhook_delay", duration="PT1H")
    shop.customers("a")
    assert shop.seen() == []
    faults.advance("PT59M")
    assert shop.seen() == []
    faults.advance("PT1M")
    assert shop.seen() == ["a"]
    assert faults.injected() == {"webhook_delay": 1}


def test_retries_are_not_asked_again(shop: Shop, faults: Any) -> None:
    rule = faults.set("webhook_duplicate")
    shop.receiver.answer(500, 500)
    shop.customers("a")
    assert shop.seen() == ["a", "a"]
    faults.advance("P1D")
    assert shop.seen() == ["a", "a", "a"]
    assert faults.rule(rule)["matched"] == 1


def test_other_events_are_left_alone(shop: Shop, faults: Any) -> None:
    faults.set("webhook_delay", duration="PT1H", operation="invoice.*")
    shop.customers("a")
    assert shop.seen() == ["a"]
