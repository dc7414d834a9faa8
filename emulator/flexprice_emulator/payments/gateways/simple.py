"""Moyasar, Paddle, Whop and Nomod: one event for a payment that went well, one for one that did not (webhooks.md §7)."""

import base64
import binascii
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Final

from flexprice_emulator.payments.gateways.dialect import Arrival, Secrets, Stamp, child, noted, text
from flexprice_emulator.payments.gateways.proof import hmac_base64, hmac_hex, pairs, refused, same
from flexprice_emulator.payments.gateways.report import Report, from_minor, to_minor
from flexprice_emulator.wire.binding import read_json
from flexprice_emulator.wire.routing import Reply


class _Simple(ABC):
    """`names`: the events of a payment that succeeded and of one that failed; `event`: the member that names it."""

    page, payment, customer, invoice = "link", "pay", "cust", "inv"
    names: tuple[str, str] = ("payment.succeeded", "payment.failed")
    event = "type"

    @abstractmethod
    def check(self, secrets: Secrets, arrival: Arrival) -> Reply | None:
        """As Dialect's."""

    def sign(self, secrets: Secrets, url: str, body: bytes, stamp: Stamp) -> dict[str, str]:  # noqa: ARG002
        return {}

    def write(self, report: Report, secrets: Secrets, stamp: Stamp) -> tuple[str, dict[str, Any]] | None:
        if report.kind not in ("payment_succeeded", "payment_failed"):
            return None
        name = self.names[report.kind == "payment_failed"]
        about = {
            "id": report.gateway_payment_id,
            "link_id": report.page_id or None,
            "amount": to_minor(report.amount, report.currency),
            "currency": report.currency.upper(),
            "failure_code": report.decline_code or None,
            "metadata": noted(report),
        }
        return name, {"id": stamp.event_id, self.event: name, "data": about, **self._more(secrets)}

    def read(self, data: Mapping[str, Any]) -> tuple[str, Report | None]:
        name, about = text(data, self.event), child(data, "data")
        notes, currency = child(about, "metadata") or child(about, "custom_data"), text(about, "currency").lower()
        if name not in self.names:
            return name, None
        return name, Report(
            "payment_succeeded" if name == self.names[0] else "payment_failed",
            payment_id=text(notes, "flexprice_payment_id"),
            customer_id=text(notes, "flexprice_customer_id"),
            page_id=text(about, "link_id"),
            gateway_payment_id=text(about, "id"),
            amount=from_minor(about.get("amount"), currency),
            currency=currency,
            decline_code=text(about, "failure_code"),
        )

    def _more(self, secrets: Secrets) -> dict[str, str]:  # noqa: ARG002
        return {}


class Moyasar(_Simple):
    """The secret stands in the body as `secret_token`; checked only where the connection holds one."""

    names = ("payment_paid", "payment_failed")

    def check(self, secrets: Secrets, arrival: Arrival) -> Reply | None:
        secret = str(secrets.get("webhook_secret") or "")
        if not secret:
            return None
        try:
            given = read_json(arrival.body)
        except ValueError:
            return refused(400, "Invalid request body")
        return None if isinstance(given, dict) and same(text(given, "secret_token"), secret) else refused(401, "Invalid secret_token")

    def _more(self, secrets: Secrets) -> dict[str, str]:
        return {"secret_token": str(secrets["webhook_secret"])} if secrets.get("webhook_secret") else {}


class Paddle(_Simple):
    """`Paddle-Signature: ts=…;h1=…` over `ts:body`; required."""

    page, payment, customer = "txn", "txn", "ctm"
    names = ("transaction.completed", "transaction.payment_failed")
    event = "event_type"

    def check(self, secrets: Secrets, arrival: Arrival) -> Reply | None:
        given = arrival.headers.get("paddle-signature", "")
        if not given:
            return refused(400, "Missing Paddle-Signature header")
        secret, found = str(secrets.get("webhook_secret") or ""), pairs(given, ";")
        signed = f"{(found.get('ts') or [''])[0]}:".encode() + arrival.body
        holds = not secret or any(same(one, hmac_hex(secret, signed)) for one in found.get("h1", []))
        return None if holds else refused(400, "Invalid Paddle-Signature")

    def sign(self, secrets: Secrets, url: str, body: bytes, stamp: Stamp) -> dict[str, str]:  # noqa: ARG002
        moment = int(stamp.at.timestamp())
        signed = hmac_hex(str(secrets.get("webhook_secret") or ""), f"{moment}:".encode() + body)
        return {"Paddle-Signature": f"ts={moment};h1={signed}"}


class Whop(_Simple):
    """Standard Webhooks headers; checked only where the connection holds a secret."""

    page, payment, customer = "ch", "pay", "user"

    def check(self, secrets: Secrets, arrival: Arrival) -> Reply | None:
        secret = str(secrets.get("webhook_secret") or "")
        if not secret:
            return None
        identity, moment, given = (arrival.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
        wanted = f"v1,{hmac_base64(_key(secret), f'{identity}.{moment}.'.encode() + arrival.body)}"
        return None if any(same(one, wanted) for one in given.split()) else refused(401, "Invalid webhook-signature")

    def sign(self, secrets: Secrets, url: str, body: bytes, stamp: Stamp) -> dict[str, str]:  # noqa: ARG002
        moment = str(int(stamp.at.timestamp()))
        signed = hmac_base64(_key(str(secrets.get("webhook_secret") or "")), f"{stamp.event_id}.{moment}.".encode() + body)
        return {"webhook-id": stamp.event_id, "webhook-timestamp": moment, "webhook-signature": f"v1,{signed}"}


class Nomod(_Simple):
    """`X-API-KEY` is the secret itself; checked only where the connection holds one."""

    payment = "charge"
    names = ("charge.succeeded", "charge.failed")

    def check(self, secrets: Secrets, arrival: Arrival) -> Reply | None:
        secret = str(secrets.get("webhook_secret") or "")
        return None if not secret or same(arrival.headers.get("x-api-key", ""), secret) else refused(401, "Invalid X-API-KEY")

    def sign(self, secrets: Secrets, url: str, body: bytes, stamp: Stamp) -> dict[str, str]:  # noqa: ARG002
        return {"X-API-KEY": str(secrets["webhook_secret"])} if secrets.get("webhook_secret") else {}


def _key(secret: str) -> bytes:
    """The bytes a Standard Webhooks secret stands for; one in another form is taken as it is."""
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (ValueError, binascii.Error):
        return secret.encode()


SIMPLE: Final[Mapping[str, _Simple]] = {"moyasar": Moyasar(), "paddle": Paddle(), "whop": Whop(), "nomod": Nomod()}
