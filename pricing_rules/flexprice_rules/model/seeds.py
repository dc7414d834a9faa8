"""Seed data: customers and what they start with. Others are named by external_id, lookup_key or code."""

from flexprice_rules.model import words
from flexprice_rules.model.base import Boolean, Currency, Free, Integer, Item, Metadata, Number, String, Time, Word
from flexprice_rules.model.catalog import AlertSettings, CreditGrant, Tier, TransformQuantity


class Customer(Item):
    """A customer under your own id."""

    external_id: Word
    name: Word
    email: String | None = None
    contact: String | None = None
    address_line1: String | None = None
    address_line2: String | None = None
    address_city: String | None = None
    address_state: String | None = None
    address_postal_code: String | None = None
    address_country: String | None = None
    timezone: Word | None = None
    metadata: Metadata | None = None


class TaxAssociation(Item):
    """Links a tax rate to a customer, or to the tenant for all customers."""

    tax_rate_code: Word
    entity_type: words.TaxAssociationEntityType = "customer"
    external_customer_id: Word | None = None
    currency: Currency | None = None
    priority: Integer | None = None
    auto_apply: Boolean = True
    """The API's own default is false, and then the tax is not charged."""
    metadata: Metadata | None = None


class Cooldown(Item):
    """Least time between two automatic top-ups."""

    value: Integer
    unit: words.DurationUnit


class AutoTopup(Item):
    """Buys credits when the balance falls below the threshold."""

    enabled: Boolean
    threshold: Number
    amount: Number
    invoicing: Boolean
    cooldown: Cooldown | None = None


class WalletConfig(Item):
    """What the wallet may pay for."""

    allowed_price_types: tuple[words.WalletConfigPriceType, ...]


class Wallet(Item):
    """A customer's wallet; one active one per customer, currency and wallet_type."""

    external_customer_id: Word
    currency: Currency
    wallet_type: words.WalletType = "PRE_PAID"
    name: Word | None = None
    description: String | None = None
    price_unit: Word | None = None
    """Code of a price unit; currency must then be its base currency."""
    conversion_rate: Number | None = None
    topup_conversion_rate: Number | None = None
    initial_credits_to_load: Number | None = None
    """Loaded when the wallet is created, never again."""
    initial_credits_expiry_date_utc: Time | None = None
    config: WalletConfig | None = None
    auto_topup: AutoTopup | None = None
    alert_settings: AlertSettings | None = None
    metadata: Metadata | None = None


class LineItemOverride(Item):
    """Terms of one plan price for this subscription alone."""

    price_lookup_key: Word
    quantity: Number | None = None
    amount: Number | None = None
    billing_model: words.BillingModel | None = None
    tier_mode: words.BillingTier | None = None
    tiers: tuple[Tier, ...] = ()
    transform_quantity: TransformQuantity | None = None


class LineItemCommitment(Item):
    """A minimum on one plan price (rating.md §5)."""

    price_lookup_key: Word
    commitment_type: words.CommitmentType
    commitment_amount: Number | None = None
    commitment_quantity: Number | None = None
    commitment_duration: words.BillingPeriod | None = None
    overage_factor: Number
    enable_true_up: Boolean = False
    is_window_commitment: Boolean = False


class SubscriptionAddon(Item):
    """An add-on attached from the start."""

    addon_lookup_key: Word
    cadence: words.AddonCadence | None = None
    start_date: Time | None = None
    proration_behavior: words.ProrationBehavior | None = None
    metadata: dict[str, Free] | None = None


class SubscriptionCoupon(Item):
    """A coupon on the subscription, or on the line of one price."""

    coupon_code: Word
    price_lookup_key: Word | None = None
    start_date: Time | None = None
    end_date: Time | None = None


class TaxRateOverride(Item):
    """A tax for this subscription in place of the customer's."""

    tax_rate_code: Word
    currency: Currency
    priority: Integer | None = None
    auto_apply: Boolean = True
    metadata: Metadata | None = None


class Subscription(Item):
    """A subscription to start with; its lookup_key is what later runs recognise it by."""

    lookup_key: Word
    external_customer_id: Word
    plan_lookup_key: Word
    currency: Currency
    billing_period: words.BillingPeriod
    billing_period_count: Integer = 1
    billing_cycle: words.BillingCycle | None = None
    billing_anchor: Time | None = None
    start_date: Time | None = None
    end_date: Time | None = None
    subscription_status: words.SeedSubscriptionStatus | None = None
    trial_period_days: Integer | None = None
    collection_method: words.CollectionMethod | None = None
    payment_behavior: words.PaymentBehavior | None = None
    payment_terms: words.PaymentTerms | None = None
    proration_behavior: words.ProrationBehavior | None = None
    commitment_amount: Number | None = None
    commitment_duration: words.BillingPeriod | None = None
    overage_factor: Number | None = None
    enable_true_up: Boolean | None = None
    auto_invoice_threshold: Number | None = None
    override_line_items: tuple[LineItemOverride, ...] = ()
    line_item_commitments: tuple[LineItemCommitment, ...] = ()
    addons: tuple[SubscriptionAddon, ...] = ()
    subscription_coupons: tuple[SubscriptionCoupon, ...] = ()
    tax_rate_overrides: tuple[TaxRateOverride, ...] | None = None
    """An empty list means no taxes; left out copies the customer's."""
    credit_grants: tuple[CreditGrant, ...] | None = None
    """A list, even an empty one, replaces the plan's grants."""
    metadata: Metadata | None = None
