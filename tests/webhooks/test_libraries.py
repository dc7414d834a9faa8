"""Deliveries as the official libraries verify them: svix, and that of Standard Webhooks."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import standardwebhooks
import svix.webhooks

from tests.webhooks.receiver import Received, Receiver

Verify = Callable[[str, bytes, dict[str, str]], Any]


def _svix(secret: str, body: bytes, headers: dict[str, str]) -> Any:
    # It raises or says nothing.
    svix.webhooks.Webhook(secret).verify(body, headers)
    return json.loads(body)


def _standard(secret: str, body: bytes, headers: dict[str, str]) -> Any:
    return standardwebhooks.Webhook(secret).verify(body, headers)


LIBRARIES: list[tuple[Verify, str, type[Exception]]] = [
    (_svix, "svix", svix.webhooks.WebhookVerificationError),
    (_svix, "webhook", svix.webhooks.WebhookVerificationError),
    (_standard, "webhook", standardwebhooks.WebhookVerificationError),
]
library = pytest.mark.parametrize(("verify", "family", "refused"), LIBRARIES, ids=["svix", "svix, other names", "standardwebhooks"])


class Delivered:
    """A delivery under one family of header names, and what becomes of it when something is changed."""

    def __init__(self, received: Received, family: str) -> None:
        self.body = received.raw
        self.headers = {name: value for name, value in received.headers.items() if name.startswith(f"{family}-")}
        self.id, self.timestamp, self.signature = (f"{family}-{name}" for name in ("id", "timestamp", "signature"))

    def without(self, name: str) -> dict[str, str]:
        return {key: value for key, value in self.headers.items() if key != name}


@pytest.fixture
def sent(hooks: Any, receiver: Receiver) -> tuple[str, Received]:
    """(secret, a delivery)"""
    secret = hooks.add(receiver.url)["secret"]
    hooks.customer()
    hooks.settle()
    return secret, receiver.received[0]


@library
def test_a_delivery_verifies_and_is_read(verify: Verify, family: str, refused: type[Exception], sent: tuple[str, Received]) -> None:
    secret, received = sent
    delivered = Delivered(received, family)
    assert verify(secret, delivered.body, delivered.headers) == received.body


@library
@pytest.mark.parametrize("style", ["native", "svix"])
def test_retries_and_repetitions_verify_too(
    style: str, verify: Verify, family: str, refused: type[Exception], hooks: Any, receiver: Receiver
) -> None:
    secret = hooks.add(receiver.url, style=style)["secret"]
    receiver.answer(500)
    hooks.customer()
    hooks.advance("PT1H")
    hooks.api.post("/webhooks/retry", {"system_event_id": hooks.events()[0]["id"]}, expect=202)
    assert len(receiver.received) == 3
    for received in receiver.received:
        delivered = Delivered(received, family)
        assert verify(secret, delivered.body, delivered.headers) == received.body


@library
def test_a_changed_body_is_refused(verify: Verify, family: str, refused: type[Exception], sent: tuple[str, Received]) -> None:
    secret, received = sent
    delivered = Delivered(received, family)
    for changed in (delivered.body + b" ", delivered.body.replace(b"acme", b"acne"), b"{}"):
        assert changed != delivered.body
        with pytest.raises(refused):
            verify(secret, changed, delivered.headers)


@library
def test_another_id_or_signature_is_refused(verify: Verify, family: str, refused: type[Exception], sent: tuple[str, Received]) -> None:
    secret, received = sent
    delivered = Delivered(received, family)
    for name, value in ((delivered.id, "sys_event_other"), (delivered.signature, "v1,AAAA"), (delivered.signature, "")):
        with pytest.raises(refused):
            verify(secret, delivered.body, {**delivered.headers, name: value})


@library
@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_timestamp_or_one_to_come_is_refused_though_it_is_signed(
    minutes: int, verify: Verify, family: str, refused: type[Exception], monkeypatch: pytest.MonkeyPatch, hooks: Any, receiver: Receiver
) -> None:
    """The machine that sends has a wrong clock: the signature is right, the time is not."""
    from flexprice_emulator.workspace.clock import Clock

    made = hooks.add(receiver.url)
    hooks.customer()
    monkeypatch.setattr(Clock, "real_now", lambda clock: datetime.now(UTC) + timedelta(minutes=minutes))
    hooks.settle()
    delivered = Delivered(receiver.received[0], family)
    assert abs(int(delivered.headers[delivered.timestamp]) - time.time() - 60 * minutes) < 60
    with pytest.raises(refused, match="timestamp too"):
        verify(made["secret"], delivered.body, delivered.headers)


@library
def test_a_timestamp_changed_on_the_way_is_refused(
    verify: Verify, family: str, refused: type[Exception], sent: tuple[str, Received]
) -> None:
    secret, received = sent
    delivered = Delivered(received, family)
    later = str(int(delivered.headers[delivered.timestamp]) + 1)
    with pytest.raises(refused):
        verify(secret, delivered.body, {**delivered.headers, delivered.timestamp: later})


@library
def test_a_wrong_secret_is_refused(
    verify: Verify, family: str, refused: type[Exception], sent: tuple[str, Received], hooks: Any, receiver: Receiver
) -> None:
    other = hooks.add(receiver.url)["secret"]
    delivered = Delivered(sent[1], family)
    assert other != sent[0]
    with pytest.raises(refused):
        verify(other, delivered.body, delivered.headers)


@library
def test_each_of_the_three_headers_is_needed(verify: Verify, family: str, refused: type[Exception], sent: tuple[str, Received]) -> None:
    secret, received = sent
    delivered = Delivered(received, family)
    for name in (delivered.id, delivered.timestamp, delivered.signature):
        with pytest.raises(refused, match=r"(?i)missing required headers"):
            verify(secret, delivered.body, delivered.without(name))


@library
def test_after_a_rotation_both_secrets_verify_for_a_day(
    verify: Verify, family: str, refused: type[Exception], hooks: Any, receiver: Receiver
) -> None:
    made = hooks.add(receiver.url)
    new, old = hooks.call("POST", f"/endpoints/{made['id']}/secret/rotate")["secrets"]
    newest = hooks.call("POST", f"/endpoints/{made['id']}/secret/rotate")["secrets"][0]
    hooks.customer("during")
    hooks.settle()
    hooks.advance("P1D")
    hooks.customer("after")
    hooks.settle()
    during, after = (Delivered(received, family) for received in receiver.received)
    assert old == made["secret"]
    for secret in (newest, new, old):
        assert verify(secret, during.body, during.headers)["event_type"] == "customer.created"
    assert verify(newest, after.body, after.headers)["event_type"] == "customer.created"
    for secret in (new, old):
        with pytest.raises(refused):
            verify(secret, after.body, after.headers)
