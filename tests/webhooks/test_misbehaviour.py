"""What a receiver may do wrong, and the retries that follow by the workspace's clock (docs/webhooks-guide.md)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from flexprice_emulator.webhooks import deliveries
from flexprice_emulator.webhooks.transport import ANSWER_LIMIT, KEPT, Outgoing
from tests.webhooks.receiver import Receiver, Told

# Instead of an endpoint's whole seconds: nothing here waits for real.
LIMIT = 0.25
TRIES = {"native": [0, 15, 17, 19, 21], "svix": [0, 5, 35, 155, 455, 1055]}
# (what it does, the status that is noted, how the error begins)
WRONG: dict[str, tuple[Told, int | None, str]] = {
    "answers 500": (Told(500), 500, "status 500"),
    "answers 404": (Told(404), 404, "status 404"),
    "hangs": (Told(pause=30), None, "no complete answer within"),
    "closes": (Told(closes=True), None, "RemoteDisconnected"),
    "breaks off": (Told(text=b"short", headers={"content-length": "100"}), None, "HTTPException"),
    "redirects": (Told(307, headers={"location": "/elsewhere"}), 307, "status 307, and redirects are not followed"),
    "redirects to another machine": (Told(302, headers={"location": "http://192.0.2.1/"}), 302, "status 302, and redirects are not"),
    "answers byte by byte": (Told(text=b"x" * 1000, drip=0.02), None, "no complete answer within"),
    "answers with a header byte by byte": (Told(drip_header=0.02), None, "no complete answer within"),
    "speaks no HTTP": (Told(headers={"x": "y" * 70_000}), None, "LineTooLong"),
}


SLOW = ("hangs", "answers byte by byte", "answers with a header byte by byte")


@pytest.fixture
def misbehave(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], None]:
    """Have the receiver do something wrong so many times. Of what takes time only a moment is waited for."""

    def begin(what: str, times: int) -> None:
        receiver.answers += [WRONG[what][0]] * times
        hurried = [LIMIT] * times if what in SLOW else []

        def made(url: str, body: bytes, headers: dict[str, str], timeout: float) -> Outgoing:
            return Outgoing(url, body, headers, hurried.pop() if hurried else timeout)

        monkeypatch.setattr(deliveries, "Outgoing", made)

    return begin


def _minutes(delivery: dict[str, Any]) -> list[float]:
    began = datetime.fromisoformat(delivery["created_at"])
    return [(datetime.fromisoformat(attempt["at"]) - began).total_seconds() / 60 for attempt in delivery["attempts"]]


@pytest.mark.parametrize("style", sorted(TRIES))
@pytest.mark.parametrize("what", sorted(WRONG))
def test_it_is_tried_again_on_schedule_and_then_given_up(
    what: str, style: str, misbehave: Callable[[str, int], None], hooks: Any, receiver: Receiver
) -> None:
    _, status, error = WRONG[what]
    misbehave(what, len(TRIES[style]))
    hooks.add(receiver.url, style=style)
    hooks.customer()
    hooks.advance("P1M")
    (delivery,) = hooks.log()
    assert (delivery["state"], _minutes(delivery)) == ("failed", TRIES[style])
    assert {attempt["status"] for attempt in delivery["attempts"]} == {status}
    assert all(attempt["error"].startswith(error) for attempt in delivery["attempts"]), delivery["attempts"]
    assert len(receiver.received) == len(TRIES[style]) or what in SLOW


@pytest.mark.parametrize("style", sorted(TRIES))
def test_nobody_there_is_tried_as_often(style: str, hooks: Any) -> None:
    hooks.add("http://127.0.0.1:9/closed", style=style)
    hooks.customer()
    hooks.advance("P1M")
    (delivery,) = hooks.log()
    assert (delivery["state"], _minutes(delivery)) == ("failed", TRIES[style])


@pytest.mark.parametrize("what", sorted(WRONG))
def test_once_it_behaves_the_delivery_is_over(what: str, misbehave: Callable[[str, int], None], hooks: Any, receiver: Receiver) -> None:
    misbehave(what, 1)
    hooks.add(receiver.url)
    hooks.customer()
    hooks.advance("P1M")
    (delivery,) = hooks.log()
    assert (delivery["state"], _minutes(delivery)) == ("delivered", [0, 15])
    assert len({received.headers["svix-id"] for received in receiver.received}) == 1


def test_of_a_huge_answer_only_the_beginning_is_read_and_the_delivery_is_over(hooks: Any, receiver: Receiver) -> None:
    receiver.answers.append(Told(text=b"y" * (200 * ANSWER_LIMIT)))
    hooks.add(receiver.url)
    hooks.customer()
    hooks.advance("P1M")
    (delivery,) = hooks.log()
    assert (delivery["state"], [attempt["response"] for attempt in delivery["attempts"]]) == ("delivered", ["y" * KEPT])
