"""Signatures, against a published example and an independent verification."""

import base64
import hashlib
import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexprice_emulator.webhooks.signing import check_secret, signature
from tests.webhooks.receiver import Received, Receiver

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def verify(secret: str, headers: dict[str, str], body: bytes, family: str = "svix") -> bool:
    """As a receiver does it: any of the signatures must match."""
    content = b".".join((headers[f"{family}-id"].encode(), headers[f"{family}-timestamp"].encode(), body))
    expected = base64.b64encode(hmac.digest(base64.b64decode(secret[len("whsec_") :]), content, hashlib.sha256)).decode()
    return any(hmac.compare_digest(part.partition(",")[2], expected) for part in headers[f"{family}-signature"].split(" "))


def _is_signed(item: Received, secret: str) -> bool:
    return verify(secret, item.headers, item.raw) and verify(secret, item.headers, item.raw, "webhook")


def test_the_example_of_svix_s_documentation() -> None:
    signed = signature([SECRET], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(key=st.binary(min_size=24, max_size=64), other=st.binary(min_size=24, max_size=64), body=st.binary(max_size=200))
def test_law_only_the_own_secret_and_body_verify(key: bytes, other: bytes, body: bytes) -> None:
    """signing: a signature holds for its secret and body and for no others."""
    own, foreign = (check_secret("whsec_" + base64.b64encode(value).decode()) for value in (key, other))
    headers = {"svix-id": "m", "svix-timestamp": "1", "svix-signature": signature([own], "m", 1, body)}
    assert verify(own, headers, body)
    assert not verify(own, headers, body + b" ")
    assert verify(foreign, headers, body) == (key.ljust(64, b"\0") == other.ljust(64, b"\0"))


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_short", SECRET[6:], "whsec_!!!!", "whsec_" + "A" * 200, "whsec_ä"])
def test_what_is_no_secret_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_"):
        check_secret(secret)


@pytest.mark.parametrize("style", ["native", "svix"])
def test_deliveries_carry_the_event_s_id_and_verify(style: str, hooks: Any, receiver: Receiver) -> None:
    made = hooks.add(receiver.url, style=style)
    hooks.customer()
    hooks.settle()
    (received,) = receiver.received
    assert received.headers["svix-id"] == received.headers["webhook-id"] == hooks.events()[0]["id"]
    assert _is_signed(received, made["secret"])


def test_the_timestamp_is_the_machine_s_so_that_receivers_accept_it(hooks: Any, receiver: Receiver) -> None:
    hooks.add(receiver.url)
    hooks.customer()
    hooks.settle()
    (received,) = receiver.received
    assert abs(int(received.headers["svix-timestamp"]) - received.at) < 60


def test_a_secret_can_be_given_and_replaced_with_both_signing_for_a_day(hooks: Any, receiver: Receiver) -> None:
    made = hooks.add(receiver.url, secret=SECRET)
    assert made["secret"] == SECRET
    path = f"/endpoints/{made['id']}/secret"
    new, old = hooks.call("POST", f"{path}/rotate")["secrets"]
    assert (old, new != SECRET) == (SECRET, True)
    hooks.customer("first")
    hooks.advance("P1D")
    hooks.customer("second")
    hooks.settle()
    assert [(_is_signed(item, new), _is_signed(item, SECRET)) for item in receiver.received] == [(True, True), (True, False)]
    assert hooks.call("GET", path)["secrets"] == [new]
