from typing import Any

import pytest

from flexprice_client.transport import is_repeatable

EVENT = {"event_id": "e", "timestamp": "2026-01-01T00:00:00Z", "event_name": "x", "external_customer_id": "c"}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/customers", None),
        ("get", "/customers/x", None),
        ("DELETE", "/customers/x", None),
        ("PUT", "/customers/x", {}),
        ("PUT", "/prices/units/x", {}),
        ("POST", "/customers/search", {}),
        ("POST", "/wallets/transactions/search", {}),
        ("POST", "/events/query", {}),
        ("POST", "/events/usage", {}),
        ("POST", "/events/usage/meter", {}),
        ("POST", "/events/analytics", {}),
        ("POST", "/meter-usage/detailed-analytics", {}),
        ("POST", "/subscriptions/usage", {}),
        ("POST", "/subscriptions/x/change/v2/preview", {}),
        ("POST", "/invoices/preview", {}),
        ("POST", "/costs/analytics", {}),
        ("POST", "/events", EVENT),
        ("POST", "/events/bulk", {"events": [EVENT, EVENT]}),
        ("POST", "/invoices", {"idempotency_key": "k"}),
        ("POST", "/wallets/w/top-up", {"idempotency_key": "k"}),
        ("POST", "/wallets/w/debit", {"idempotency_key": "k"}),
        ("POST", "/subscriptions/x/change/v2/execute", {"idempotency_key": "k"}),
    ],
)
def test_repeatable(method: str, path: str, body: Any) -> None:
    assert is_repeatable(method, path, body)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/customers", {"external_id": "x"}),
        # The field is ignored where the operation does not know it.
        ("POST", "/customers", {"idempotency_key": "k"}),
        ("POST", "/subscriptions", {"idempotency_key": "k"}),
        ("POST", "/invoices", {}),
        ("POST", "/invoices", {"idempotency_key": ""}),
        ("POST", "/wallets/w/top-up", None),
        ("POST", "/events", {key: value for key, value in EVENT.items() if key != "timestamp"}),
        ("POST", "/events", {key: value for key, value in EVENT.items() if key != "event_id"}),
        ("POST", "/events", {**EVENT, "timestamp": "0001-01-01T00:00:00Z"}),
        ("POST", "/events", None),
        ("POST", "/events/bulk", {"events": [EVENT, {"event_name": "x"}]}),
        ("POST", "/events/bulk", {"events": []}),
        ("POST", "/events/bulk", {"events": "x"}),
        ("POST", "/subscriptions/x/cancel", {}),
        ("POST", "/subscriptions/x/change/execute", {"idempotency_key": "k"}),
        ("PUT", "/prices/x", {}),
        ("PUT", "/subscriptions/lineitems/x", {}),
        ("PUT", "/invoices/x/payment", {}),
        ("PATCH", "/customers/x", {}),
    ],
)
def test_not_repeatable(method: str, path: str, body: Any) -> None:
    assert not is_repeatable(method, path, body)
