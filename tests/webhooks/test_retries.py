"""Failed deliveries follow the workspace's clock: native as the reference's sender, svix as Svix."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexprice_emulator.webhooks.schedule import RETRIES, delay_after
from tests.webhooks.receiver import Receiver


def _minutes(delivery: dict[str, Any]) -> list[float]:
    """When the tries were, in minutes after the event."""
    began = datetime.fromisoformat(delivery["created_at"])
    return [(datetime.fromisoformat(attempt["at"]) - began).total_seconds() / 60 for attempt in delivery["attempts"]]


def test_native_tries_five_times_in_twenty_one_minutes_and_never_again(hooks: Any, receiver: Receiver) -> None:
    hooks.add(receiver.url)
    receiver.answer(*[503] * 5)
    hooks.customer()
    hooks.advance("P1M")
    (delivery,) = hooks.log()
    assert (delivery["state"], _minutes(delivery)) == ("failed", [0, 15, 17, 19, 21])
    assert len(receiver.received) == 5


def test_svix_tries_six_times_in_seventeen_and_a_half_hours(hooks: Any, receiver: Receiver) -> None:
    hooks.add(receiver.url, style="svix")
    receiver.answer(*[503] * 6)
    hooks.customer()
    hooks.advance("P1M")
    (delivery,) = hooks.log()
    assert (delivery["state"], _minutes(delivery)) == ("failed", [0, 5, 35, 155, 455, 1055])


@pytest.mark.parametrize(("style", "changes"), [("native", True), ("svix", False)])
def test_a_retry_is_built_anew_natively_and_repeated_by_svix(style: str, changes: bool, hooks: Any, receiver: Receiver) -> None:
    hooks.add(receiver.url, style=style, event_types=["customer.created"])
    receiver.answer(500)
    customer = hooks.customer()
    hooks.settle()
    hooks.api.put(f"/customers/{customer['id']}", {"name": "Later"})
    hooks.advance("PT1H")
    first, second = receiver.received
    assert (second.body["customer"]["name"] == "Later") is changes
    assert (first.raw == second.raw) is not changes
    assert first.headers["svix-id"] == second.headers["svix-id"]


def test_while_the_clock_stands_no_retry_comes(hooks: Any, receiver: Receiver) -> None:
    hooks.add(receiver.url)
    receiver.answer(500)
    hooks.customer()
    hooks.settle()
    hooks.settle()
    assert len(receiver.received) == 1


def test_a_failure_of_delivery_is_no_failure_of_the_clock(hooks: Any, receiver: Receiver) -> None:
    hooks.add(receiver.url)
    receiver.answer(*[500] * 5)
    hooks.customer()
    report = hooks.advance("P1D")
    assert (report["failed_count"], report["performed_count"]) == (0, 5)


@given(style=st.sampled_from(sorted(RETRIES)), failures=st.integers(1, 10))
def test_law_delays_are_positive_and_end(style: str, failures: int) -> None:
    """schedule: each of the first len(RETRIES) failures has a delay, no later one has."""
    delay = delay_after(style, failures)
    assert (delay is None) == (failures > len(RETRIES[style]))
    assert delay is None or delay > timedelta(0)
