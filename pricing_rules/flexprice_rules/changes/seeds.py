"""Customers, their taxes, wallets and subscriptions."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from flexprice_rules.changes.bodies import Body, fields, subscription_body
from flexprice_rules.changes.change import Call, Change, Ref
from flexprice_rules.changes.compare import same
from flexprice_rules.changes.planner import Planner, Wanted
from flexprice_rules.changes.reading import Found
from flexprice_rules.model import Subscription, TaxAssociation, Wallet

_CUSTOMER_MUTABLE: Final = (
    "name",
    "email",
    "contact",
    "address_line1",
    "address_line2",
    "address_city",
    "address_state",
    "address_postal_code",
    "address_country",
    "timezone",
    "metadata",
)
# A wallet is named and limited to kinds of prices by an update only.
_WALLET_LATER: Final = ("name", "config")
_WALLET_MUTABLE: Final = ("name", "description", "metadata", "config", "auto_topup", "alert_settings")
_WALLET_ONCE: Final = ("external_customer_id", "initial_credits_to_load", "initial_credits_expiry_date_utc", "price_unit")
_ANY_STATUS: Final = ("active", "trialing", "paused", "draft", "incomplete", "cancelled")
_SUBSCRIPTION_ONCE: Final = (
    "external_customer_id",
    "subscription_status",
    "trial_period_days",
    "override_line_items",
    "line_item_commitments",
    "addons",
    "subscription_coupons",
    "tax_rate_overrides",
    "credit_grants",
    "proration_behavior",
    "enable_true_up",
    # default_incomplete is stored as another value.
    "payment_behavior",
    "collection_method",
    # A plan change moves the anchor.
    "billing_anchor",
)


def plan_seeds(planner: Planner) -> Iterator[Change]:
    """Changes of everything that is about a customer."""
    rules = planner.rules
    found = planner.reader.by_key(
        "/customers", [customer.external_id for customer in rules.customers], parameter="external_ids", field="external_id"
    )
    for customer in rules.customers:
        wanted = Wanted("customer", customer.external_id, customer, "/customers", fields(customer), _CUSTOMER_MUTABLE)
        yield from planner.reconcile(wanted, found.get(customer.external_id))
    for link in rules.tax_associations:
        yield from _tax_association(planner, link)
    for wallet in rules.wallets:
        yield from _wallet(planner, wallet)
    for subscription in rules.subscriptions:
        yield from _subscription(planner, subscription)


def _tax_association(planner: Planner, link: TaxAssociation) -> Iterator[Change]:
    entity: Any
    if link.entity_type == "tenant":
        entity_id: str | None = str(planner.reader.get("/users/me")["tenant"]["id"])
        entity = entity_id
    else:
        entity_id = planner.id_of("customer", link.external_customer_id or "")
        entity = Ref("customer", link.external_customer_id or "")
    body = {**fields(link, "external_customer_id"), "entity_id": entity}
    key = f"{link.tax_rate_code}/{link.external_customer_id or link.entity_type}"
    mutable, ignored = ("priority", "auto_apply", "metadata"), ("tax_rate_code",)
    wanted = Wanted("tax_association", key, link, "/taxes/associations", body, mutable, ignored)
    rate_id = planner.id_of("tax_rate", link.tax_rate_code)
    items: list[Found] = []
    if entity_id is not None and rate_id is not None:
        items = planner.reader.listed("/taxes/associations", entity_type=link.entity_type, entity_id=entity_id)
    existing = [item for item in items if item.get("tax_rate_id") == rate_id and item.get("end_date") is None]
    yield from planner.reconcile(wanted, next((item for item in existing if _same_currency(link, item)), None))


def _same_currency(link: TaxAssociation, item: Found) -> bool:
    return link.currency is None or same(link.currency, item.get("currency"), name="currency")


def _wallet(planner: Planner, wallet: Wallet) -> Iterator[Change]:
    body = fields(wallet)
    later: Body = {name: body.pop(name) for name in _WALLET_LATER if name in body}
    after = (Call("PUT", "/wallets/{id}", later),) if later else ()
    key = f"{wallet.external_customer_id}/{wallet.currency}/{wallet.wallet_type}"
    customer_id = planner.id_of("customer", wallet.external_customer_id)
    found = planner.reader.get(f"/customers/{customer_id}/wallets") if customer_id is not None else []
    existing = next((item for item in found if _same_wallet(wallet, item)), None)
    if existing is None:
        yield from planner.reconcile(Wanted("wallet", key, wallet, "/wallets", body, after=after), None)
    else:
        wanted = Wanted("wallet", key, wallet, "/wallets", body | later, _WALLET_MUTABLE, _WALLET_ONCE)
        yield from planner.reconcile(wanted, existing)


def _same_wallet(wallet: Wallet, item: Found) -> bool:
    active = item.get("wallet_status", "active") == "active"
    return active and item.get("wallet_type") == wallet.wallet_type and same(wallet.currency, item.get("currency"), name="currency")


def _subscription(planner: Planner, subscription: Subscription) -> Iterator[Change]:
    customer_id = planner.id_of("customer", subscription.external_customer_id)
    found: list[Found] = []
    if customer_id is not None:
        query: Mapping[str, Any] = {"customer_id": customer_id, "subscription_status": list(_ANY_STATUS)}
        found = planner.reader.search("/subscriptions", query)
    same_key = [item for item in found if item.get("lookup_key") == subscription.lookup_key]
    # A live one is meant before one that was cancelled.
    same_key.sort(key=lambda item: item.get("subscription_status") == "cancelled")
    reason = "a subscription is changed by its own operations (plan change, modify), not by rules"
    wanted = Wanted(
        "subscription",
        subscription.lookup_key,
        subscription,
        "/subscriptions",
        subscription_body(subscription),
        ignored=_SUBSCRIPTION_ONCE,
        fixed_reason=reason,
    )
    yield from planner.reconcile(wanted, next(iter(same_key), None))
