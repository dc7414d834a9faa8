"""The published Python SDK, unmodified: only the server URL and the key are set."""

import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from tests.http_server import KEY, running

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from flexprice import Flexprice


@pytest.fixture(scope="module")
def sdk() -> Iterator[Any]:
    with running("--ephemeral") as url, Flexprice(api_key_auth=KEY, server_url=f"{url}/v1") as client:
        yield client


@pytest.fixture
def tag() -> str:
    return uuid4().hex[:8]


def _metered(sdk: Any, tag: str) -> Any:
    return sdk.features.create_feature(
        name=f"Tokens {tag}",
        lookup_key=f"tokens-{tag}",
        type_="metered",
        meter={
            "name": f"Tokens {tag}",
            "event_name": f"tokens-{tag}",
            "aggregation": {"type": "SUM", "field": "n"},
            "reset_usage": "BILLING_PERIOD",
        },
    )


def test_the_whole_way_from_customer_to_preview(sdk: Any, tag: str) -> None:
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=5)
    customer = sdk.customers.create_customer(external_id=tag, name="Acme")
    feature = _metered(sdk, tag)
    plan = sdk.plans.create_plan(name=f"Pro {tag}", lookup_key=f"pro-{tag}")
    terms = {"billing_period": "MONTHLY", "billing_period_count": 1, "currency": "usd", "entity_id": plan.id, "entity_type": "PLAN"}
    terms |= {"billing_model": "FLAT_FEE", "price_unit_type": "FIAT", "start_date": start - timedelta(days=400)}
    usage_price = sdk.prices.create_price(**terms, amount="0.002", type_="USAGE", invoice_cadence="ARREAR", meter_id=feature.meter_id)
    sdk.prices.create_price(**terms, amount="20", type_="FIXED", invoice_cadence="ADVANCE")
    entitlement = sdk.entitlements.create_entitlement(
        entity_type="PLAN", entity_id=plan.id, feature_id=feature.id, feature_type="metered", usage_limit=100, usage_reset_period="MONTHLY"
    )
    subscription = sdk.subscriptions.create_subscription(
        customer_id=customer.id, plan_id=plan.id, currency="usd", billing_period="MONTHLY", start_date=start
    )
    wallet = sdk.wallets.create_wallet(customer_id=customer.id, currency="usd")
    sdk.wallets.top_up_wallet(id=wallet.id, transaction_reason="FREE_CREDIT_GRANT", credits_to_add="25", idempotency_key=tag)

    moment = (start + timedelta(days=1)).isoformat()
    sdk.events.ingest_event(event_name=f"tokens-{tag}", external_customer_id=tag, event_id="e1", timestamp=moment, properties={"n": "600"})
    sdk.events.ingest_events_bulk(
        events=[
            {
                "event_name": f"tokens-{tag}",
                "external_customer_id": tag,
                "event_id": f"b{i}",
                "timestamp": moment,
                "properties": {"n": "100"},
            }
            for i in range(5)
        ]
    )

    usage = sdk.subscriptions.get_subscription_usage(subscription_id=subscription.id)
    preview = sdk.invoices.get_invoice_preview(subscription_id=subscription.id)
    by_meter = sdk.events.get_usage_by_meter(meter_id=feature.meter_id, external_customer_id=tag)
    balance = sdk.wallets.get_wallet_balance(id=wallet.id)

    assert Decimal(str(usage.amount)) == Decimal("2.2")
    lines = {line.price_id: line for line in preview.line_items}
    assert Decimal(lines[usage_price.id].quantity) == Decimal(1000)
    assert Decimal(lines[usage_price.id].amount) == Decimal("2.00")
    assert Decimal(preview.total) == Decimal("22.00")
    assert Decimal(str(by_meter.value)) == Decimal(1100)
    assert Decimal(balance.credit_balance) == Decimal(25)
    assert entitlement.usage_limit == 100
    assert sdk.customers.get_customer_by_external_id(external_id=tag).id == customer.id
    assert sdk.subscriptions.get_subscription(id=subscription.id).plan_id == plan.id


def test_errors_reach_the_sdk_as_its_own(sdk: Any) -> None:
    from flexprice.models import errors

    with pytest.raises(errors.FlexpriceError) as raised:
        sdk.customers.get_customer(id="cust_nope")
    assert raised.value.status_code == 404


def test_lists_page_through_the_sdk(sdk: Any, tag: str) -> None:
    for index in range(3):
        sdk.customers.create_customer(external_id=f"{tag}-{index}", name=f"C{index}")
    found = sdk.customers.query_customer(external_ids=[f"{tag}-{index}" for index in range(3)], limit=2)
    assert len(found.items) == 2
    assert found.pagination.total == 3
