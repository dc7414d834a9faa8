"""HubSpot, Chargebee, QuickBooks and Zoho Books: their proof is checked, and nothing they tell changes anything here (webhooks.md §7)."""

import base64
import binascii
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Final

from flexprice_emulator.payments.gateways.dialect import Arrival, Secrets, Stamp, text
from flexprice_emulator.payments.gateways.proof import hmac_base64, hmac_hex, refused, same
from flexprice_emulator.payments.gateways.report import Report
from flexprice_emulator.wire.routing import Reply


class _Silent(ABC):
    page, payment, customer, invoice = "page", "payment", "customer", "invoice"
    event = "event"

    @abstractmethod
    def check(self, secrets: Secrets, arrival: Arrival) -> Reply | None:
        """As Dialect's."""

    def sign(self, secrets: Secrets, url: str, body: bytes, stamp: Stamp) -> dict[str, str]:  # noqa: ARG002
        return {}

    def write(self, report: Report, secrets: Secrets, stamp: Stamp) -> tuple[str, dict[str, Any]] | None:  # noqa: ARG002
        return None

    def read(self, data: Mapping[str, Any]) -> tuple[str, Report | None]:
        return text(data, self.event), None


class HubSpot(_Silent):
    """`X-HubSpot-Signature-v3`: method, URL, body and `X-HubSpot-Request-Timestamp` under the app's client secret."""

    event = "subscriptionType"

    def check(self, secrets: Secrets, arrival: Arrival) -> Reply | None:
        given, moment = arrival.headers.get("x-hubspot-signature-v3", ""), arrival.headers.get("x-hubspot-request-timestamp", "")
        if not given or not moment:
            return refused(401, "Missing X-HubSpot-Signature-v3 or X-HubSpot-Request-Timestamp header")
        secret = str(secrets.get("client_secret") or "")
        signed = f"{arrival.method}{arrival.url}".encode() + arrival.body + moment.encode()
        return None if not secret or same(given, hmac_base64(secret.encode(), signed)) else refused(401, "Invalid X-HubSpot-Signature-v3")


class Chargebee(_Silent):
    """HTTP Basic: what is configured must be sent, and nothing may be sent where nothing is configured."""

    event = "event_type"

    def check(self, secrets: Secrets, arrival: Arrival) -> Reply | None:
        wanted = (str(secrets.get("webhook_username") or ""), str(secrets.get("webhook_password") or ""))
        given = arrival.headers.get("authorization", "")
        if not any(wanted):
            return refused(401, "Basic authentication is not configured") if given else None
        return None if same(_basic(given), ":".join(wanted)) else refused(401, "Invalid credentials")


class QuickBooks(_Silent):
    """`intuit-signature`, checked only when present."""

    def check(self, secrets: Secrets, arrival: Arrival) -> Reply | None:
        given = arrival.headers.get("intuit-signature", "")
        secret = str(secrets.get("webhook_verifier_token") or "")
        holds = not given or not secret or same(given, hmac_base64(secret.encode(), arrival.body))
        return None if holds else refused(401, "Invalid intuit-signature")


class ZohoBooks(_Silent):
    """`X-Zoho-Webhook-Signature`, required."""

    def check(self, secrets: Secrets, arrival: Arrival) -> Reply | None:
        given = arrival.headers.get("x-zoho-webhook-signature", "")
        if not given:
            return refused(401, "Missing X-Zoho-Webhook-Signature header")
        secret = str(secrets.get("webhook_secret") or "")
        return None if not secret or same(given, hmac_hex(secret, arrival.body)) else refused(401, "Invalid X-Zoho-Webhook-Signature")


def _basic(header: str) -> str:
    scheme, _, given = header.partition(" ")
    try:
        return base64.b64decode(given, validate=True).decode() if scheme.lower() == "basic" else ""
    except (ValueError, binascii.Error):
        return ""


SILENT: Final[Mapping[str, _Silent]] = {
    "hubspot": HubSpot(),
    "chargebee": Chargebee(),
    "quickbooks": QuickBooks(),
    "zoho_books": ZohoBooks(),
}
