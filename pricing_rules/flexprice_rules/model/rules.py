"""A whole set of rules."""

from typing import Annotated, Literal

from pydantic import BeforeValidator

from flexprice_rules.model.base import Item, integer
from flexprice_rules.model.catalog import Addon, Coupon, Feature, Group, Plan, PriceUnit, TaxRate
from flexprice_rules.model.rate_card import RateCard
from flexprice_rules.model.seeds import Customer, Subscription, TaxAssociation, Wallet
from flexprice_rules.model.webhooks import WebhookEndpoint


class Rules(Item):
    """Pricing rules as code, in the API's own field names."""

    version: Annotated[Literal[1], BeforeValidator(integer)]
    price_units: tuple[PriceUnit, ...] = ()
    groups: tuple[Group, ...] = ()
    features: tuple[Feature, ...] = ()
    rate_card: tuple[RateCard, ...] = ()
    plans: tuple[Plan, ...] = ()
    addons: tuple[Addon, ...] = ()
    coupons: tuple[Coupon, ...] = ()
    tax_rates: tuple[TaxRate, ...] = ()
    customers: tuple[Customer, ...] = ()
    tax_associations: tuple[TaxAssociation, ...] = ()
    wallets: tuple[Wallet, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    webhook_endpoints: tuple[WebhookEndpoint, ...] = ()
