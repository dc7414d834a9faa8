"""What a receiver may do: no redirects, a time for the whole answer, a size for what is kept."""

import threading
import time
from typing import Any

import pytest

from flexprice_emulator.webhooks.transport import ANSWER_LIMIT, KEPT, Outgoing, send
from tests.webhooks.receiver import Receiver, Told


def _send(url: str, timeout: float = 5.0) -> Any:
    return send(Outgoing(url, b'{"a":1}', {"content-type": "application/json"}, timeout))


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_failures_and_not_followed(status: int, receiver: Receiver) -> None:
    receiver.answers.append(Told(status, headers={"location": receiver.url + "/elsewhere"}))
    answer = _send(receiver.url)
    assert (answer.accepted, answer.status, answer.error) == (False, status, f"status {status}, and redirects are not followed")
    assert len(receiver.received) == 1


@pytest.mark.parametrize(("status", "accepted"), [(200, True), (204, True), (299, True), (300, False), (400, False), (500, False)])
def test_success_is_200_to_299(status: int, accepted: bool, receiver: Receiver) -> None:
    receiver.answers.append(Told(status, text=b""))
    assert _send(receiver.url).accepted is accepted


@pytest.mark.parametrize("told", [Told(pause=30), Told(drip=0.2, text=b"x" * 100), Told(drip_header=0.2)], ids=["silent", "body", "header"])
def test_the_time_limit_holds_for_the_whole_answer(told: Told, receiver: Receiver) -> None:
    receiver.answers.append(told)
    began = time.monotonic()
    answer = _send(receiver.url, timeout=0.6)
    assert (answer.accepted, answer.error) == (False, "no complete answer within 0.6 s")
    assert time.monotonic() - began < 5


def test_of_a_long_answer_the_beginning_is_kept(receiver: Receiver) -> None:
    receiver.answers.append(Told(text=b"y" * (20 * ANSWER_LIMIT)))
    answer = _send(receiver.url)
    assert (answer.accepted, answer.response) == (True, "y" * KEPT)


def test_nobody_there_is_an_error_not_an_exception() -> None:
    answer = _send("http://127.0.0.1:9/closed")
    assert (answer.status, answer.accepted) == (None, False)
    assert answer.error.startswith("ConnectionRefusedError")


def test_a_receiver_that_breaks_off_is_an_error(receiver: Receiver) -> None:
    receiver.answers.append(Told(text=b"short", headers={"transfer-encoding": "chunked"}))
    assert _send(receiver.url).error.startswith("IncompleteRead")


def test_targets_are_checked_again_when_sending() -> None:
    answer = _send("http://192.0.2.1/hook")
    assert (answer.status, answer.error.split(";")[0]) == (None, "192.0.2.1 is not this machine")


def test_localhost_is_reached_by_loopback_address_under_its_own_name(receiver: Receiver) -> None:
    port = receiver.server_address[1]
    assert _send(f"http://localhost:{port}/hook").accepted
    assert _send(f"http://app.localhost:{port}/hook").accepted
    assert [item.headers["host"] for item in receiver.received] == [f"localhost:{port}", f"app.localhost:{port}"]


def test_a_slow_receiver_does_not_hold_up_requests(hooks: Any, receiver: Receiver) -> None:
    hooks.add(receiver.url)
    receiver.answers.append(Told(pause=2))
    hooks.customer()
    background = threading.Thread(target=hooks.settle)
    background.start()
    while not receiver.received:
        time.sleep(0.01)
    began = time.monotonic()
    hooks.api.get("/customers")
    assert time.monotonic() - began < 1
    receiver.stopped.set()
    background.join()
