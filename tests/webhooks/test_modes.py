"""Pause, collect, send again, cancel."""

from typing import Any

import pytest

from tests.webhooks.receiver import Receiver


def test_what_happens_in_a_pause_goes_on_its_way_after_it_in_order(hooks: Any, receiver: Receiver) -> None:
    hooks.add(receiver.url)
    hooks.call("PUT", "/mode", {"mode": "pause"})
    hooks.customer("first")
    hooks.customer("second")
    hooks.settle()
    assert (receiver.received, [item["state"] for item in hooks.log()]) == ([], ["held", "held"])
    assert hooks.call("PUT", "/mode", {"mode": "deliver"}) == hooks.call("GET", "/mode") == {"mode": "deliver"}
    hooks.settle()
    assert [item.body["customer"]["external_id"] for item in receiver.received] == ["first", "second"]


def test_a_pause_also_holds_retries(hooks: Any, receiver: Receiver) -> None:
    hooks.add(receiver.url)
    receiver.answer(500)
    hooks.customer()
    hooks.settle()
    hooks.call("PUT", "/mode", {"mode": "pause"})
    hooks.advance("P1D")
    assert (len(receiver.received), hooks.log()[0]["state"]) == (1, "held")


def test_collected_bodies_are_kept_and_nothing_leaves(hooks: Any, receiver: Receiver) -> None:
    hooks.add(receiver.url)
    hooks.call("PUT", "/mode", {"mode": "collect"})
    customer = hooks.customer()
    hooks.settle()
    (collected,) = hooks.log("&state=collected")
    assert (collected["body"]["customer"]["id"], collected["attempts"], receiver.received) == (customer["id"], [], [])


def test_a_delivered_one_can_be_sent_again_under_the_same_id(hooks: Any, receiver: Receiver) -> None:
    hooks.add(receiver.url)
    hooks.customer()
    hooks.settle()
    (delivery,) = hooks.log()
    assert hooks.call("POST", f"/deliveries/{delivery['id']}/resend")["state"] == "waiting"
    hooks.settle()
    first, second = receiver.received
    assert (first.raw, first.headers["svix-id"]) == (second.raw, second.headers["svix-id"])
    assert len(hooks.call("GET", f"/deliveries/{delivery['id']}")["attempts"]) == 2


def test_a_given_up_one_gets_all_its_retries_again(hooks: Any, receiver: Receiver) -> None:
    hooks.add(receiver.url)
    receiver.answer(*[500] * 10)
    hooks.customer()
    hooks.advance("P1D")
    hooks.call("POST", f"/deliveries/{hooks.log()[0]['id']}/resend")
    hooks.advance("P1D")
    assert (len(hooks.log()[0]["attempts"]), hooks.log()[0]["state"]) == (10, "failed")


def test_a_cancelled_one_is_not_sent_and_cannot_be_cancelled_twice(hooks: Any, receiver: Receiver) -> None:
    hooks.add(receiver.url)
    receiver.answer(500)
    hooks.customer()
    hooks.settle()
    path = f"/deliveries/{hooks.log()[0]['id']}/cancel"
    cancelled = hooks.call("POST", path)
    assert (cancelled["state"], cancelled["next_attempt_at"]) == ("cancelled", None)
    hooks.advance("P1D")
    assert len(receiver.received) == 1
    assert "cancelled already" in hooks.call("POST", path, status=400)["detail"]


@pytest.mark.parametrize("state", ["waiting", "held"])
def test_what_waits_can_be_cancelled(state: str, hooks: Any, receiver: Receiver) -> None:
    hooks.add(receiver.url)
    hooks.call("PUT", "/mode", {"mode": "pause" if state == "held" else "deliver"})
    hooks.customer()
    hooks.call("POST", f"/deliveries/{hooks.log(f'&state={state}')[0]['id']}/cancel")
    hooks.call("PUT", "/mode", {"mode": "deliver"})
    hooks.settle()
    assert receiver.received == []
