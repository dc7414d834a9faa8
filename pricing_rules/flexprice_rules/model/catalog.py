"""What is sold and how it is measured: features, prices, entitlements, credit grants, plans, add-ons."""

from flexprice_rules.model import words
from flexprice_rules.model.base import Boolean, Currency, Free, Integer, Item, Metadata, Number, String, Time, Word


class Aggregation(Item):
    """How a meter turns events into a quantity (rating.md §1.1)."""

    type: words.AggregationType
    field: Word | None = None
    """Event property that is aggregated; exclusive with `expression`."""
    expression: Word | None = None
    """CEL over event properties, in place of `field`."""
    multiplier: Number | None = None
    """Only with SUM_WITH_MULTIPLIER, where it is required."""
    bucket_size: words.WindowSize | None = None
    """Only with MAX or SUM."""
    group_by: Word | None = None
    """Only with MAX and a bucket_size."""


class Filter(Item):
    """Events pass when the property's text is one of the values (rating.md §1.4)."""

    key: Word
    values: tuple[Word, ...]


class Meter(Item):
    """Which events are counted. Fixed at creation, but for its filters."""

    name: Word | None = None
    """The feature's name when left out."""
    event_name: Word
    aggregation: Aggregation
    filters: tuple[Filter, ...] = ()
    reset_usage: words.ResetUsage = "BILLING_PERIOD"


class ReportingUnit(Item):
    """Another unit that usage is shown in."""

    unit_singular: Word
    unit_plural: Word
    conversion_rate: Number


class AlertThreshold(Item):
    """A limit and the side of it that alarms."""

    threshold: Number
    condition: words.AlertCondition


class AlertSettings(Item):
    """Thresholds of a wallet or a feature."""

    critical: AlertThreshold | None = None
    warning: AlertThreshold | None = None
    info: AlertThreshold | None = None
    alert_enabled: Boolean | None = None


class Group(Item):
    """A display group of prices or features; no effect on amounts."""

    lookup_key: Word
    name: Word
    entity_type: words.GroupEntityType


class Feature(Item):
    """Something a customer may use; metered ones carry their meter."""

    lookup_key: Word
    name: Word
    type: words.FeatureType
    description: String | None = None
    meter: Meter | None = None
    unit_singular: Word | None = None
    unit_plural: Word | None = None
    reporting_unit: ReportingUnit | None = None
    alert_settings: AlertSettings | None = None
    group_lookup_key: Word | None = None
    metadata: Metadata | None = None


class PriceUnit(Item):
    """A unit of account of your own, such as a credit, with its fixed worth in a currency."""

    code: Word
    name: Word
    symbol: Word
    base_currency: Currency
    conversion_rate: Number
    """One unit in `base_currency`."""
    metadata: Metadata | None = None


class Tier(Item):
    """A step of a TIERED price; `up_to` is inclusive, and left out (or null) means no end."""

    up_to: Integer | None = None
    unit_amount: Number
    flat_amount: Number | None = None


class TransformQuantity(Item):
    """PACKAGE only: units per package and the rounding of the last one (up unless down)."""

    divide_by: Integer
    round: words.RoundType | None = None


class PriceUnitConfig(Item):
    """The money terms of a CUSTOM price, in a price unit."""

    price_unit: Word
    """Code of the price unit."""
    amount: Number | None = None
    price_unit_tiers: tuple[Tier, ...] = ()


class PriceTerms(Item):
    """What a price says, apart from its own key and its meter (rating.md §2)."""

    display_name: Word | None = None
    description: String | None = None
    currency: Currency
    billing_model: words.BillingModel = "FLAT_FEE"
    billing_period: words.BillingPeriod = "MONTHLY"
    billing_period_count: Integer = 1
    invoice_cadence: words.InvoiceCadence
    price_unit_type: words.PriceUnitType = "FIAT"
    amount: Number | None = None
    tier_mode: words.BillingTier | None = None
    tiers: tuple[Tier, ...] = ()
    transform_quantity: TransformQuantity | None = None
    price_unit_config: PriceUnitConfig | None = None
    group_lookup_key: Word | None = None
    start_date: Time | None = None
    end_date: Time | None = None
    metadata: Metadata | None = None


class Price(PriceTerms):
    """A price of a plan or an add-on. Its lookup_key is what later runs recognise it by."""

    lookup_key: Word
    type: words.PriceType
    feature_lookup_key: Word | None = None
    """USAGE: the metered feature whose meter is billed."""
    min_quantity: Integer | None = None
    """FIXED: the quantity when none is asked for."""
    trial_period_days: Integer | None = None


class Entitlement(Item):
    """Access to a feature; a metered one may hold free units (rating.md §4)."""

    feature_lookup_key: Word
    is_enabled: Boolean = True
    usage_limit: Integer | None = None
    """Free units per reset period; left out means unlimited."""
    usage_reset_period: words.EntitlementUsageResetPeriod | None = None
    is_soft_limit: Boolean = False
    static_value: String | None = None
    config_value: dict[str, Free] | None = None
    grant_measure: words.EntitlementGrantMeasure | None = None
    grant_quota: Number | None = None
    grant_duration_value: Integer | None = None
    grant_duration_unit: words.EntitlementGrantDurationUnit | None = None
    grant_allocation_behavior: words.EntitlementGrantAllocationBehavior | None = None
    aggregation_mode: words.EntitlementAggregationMode | None = None


class CreditGrant(Item):
    """Credits that come with a plan, an add-on or a subscription; recognised by its name there."""

    name: Word
    credits: Number
    cadence: words.CreditGrantCadence
    period: words.CreditGrantPeriod | None = None
    period_count: Integer | None = None
    expiration_type: words.CreditGrantExpiryType
    expiration_duration: Integer | None = None
    expiration_duration_unit: words.CreditGrantExpiryDurationUnit | None = None
    priority: Integer | None = None
    conversion_rate: Number | None = None
    topup_conversion_rate: Number | None = None
    metadata: Metadata | None = None


class Sellable(Item):
    """What a plan and an add-on share."""

    lookup_key: Word
    name: Word
    description: String | None = None
    prices: tuple[Price, ...] = ()
    entitlements: tuple[Entitlement, ...] = ()
    credit_grants: tuple[CreditGrant, ...] = ()


class Plan(Sellable):
    """A plan with its prices, entitlements and credit grants."""

    display_order: Integer | None = None
    metadata: Metadata | None = None


class Addon(Sellable):
    """An add-on with its prices, entitlements and credit grants."""

    metadata: dict[str, Free] | None = None


class Coupon(Item):
    """A discount code; codes are compared without regard to case."""

    coupon_code: Word
    name: Word
    type: words.CouponType
    cadence: words.CouponCadence
    amount_off: Number | None = None
    percentage_off: Number | None = None
    currency: Currency | None = None
    duration_in_periods: Integer | None = None
    max_redemptions: Integer | None = None
    redeem_after: Time | None = None
    redeem_before: Time | None = None
    rules: dict[str, Free] | None = None
    metadata: Metadata | None = None


class TaxRate(Item):
    """A tax by percentage or fixed value."""

    code: Word
    name: Word
    description: String | None = None
    tax_rate_type: words.TaxRateType
    percentage_value: Number | None = None
    fixed_value: Number | None = None
    scope: words.TaxRateScope | None = None
    metadata: Metadata | None = None
