"""The API's own words, with the exact casing it demands (wire.md §4)."""

from typing import Literal

AggregationType = Literal["COUNT", "SUM", "AVG", "COUNT_UNIQUE", "LATEST", "SUM_WITH_MULTIPLIER", "MAX", "WEIGHTED_SUM"]
WindowSize = Literal["MINUTE", "15MIN", "30MIN", "HOUR", "3HOUR", "6HOUR", "12HOUR", "DAY", "WEEK", "MONTH"]
ResetUsage = Literal["BILLING_PERIOD", "NEVER"]
FeatureType = Literal["metered", "boolean", "static", "config"]
GroupEntityType = Literal["price", "feature"]

PriceType = Literal["USAGE", "FIXED"]
PriceUnitType = Literal["FIAT", "CUSTOM"]
BillingModel = Literal["FLAT_FEE", "PACKAGE", "TIERED"]
BillingTier = Literal["VOLUME", "SLAB"]
BillingPeriod = Literal["MONTHLY", "ANNUAL", "WEEKLY", "DAILY", "QUARTERLY", "HALF_YEARLY", "ONETIME"]
InvoiceCadence = Literal["ARREAR", "ADVANCE"]
RoundType = Literal["up", "down"]

EntitlementUsageResetPeriod = Literal["MONTHLY", "ANNUAL", "WEEKLY", "DAILY", "QUARTERLY", "HALF_YEARLY", "NEVER"]
EntitlementGrantMeasure = Literal["quantity", "amount"]
EntitlementGrantDurationUnit = Literal["hour", "day", "week", "subscription_period"]
EntitlementGrantAllocationBehavior = Literal["first_usage", "unit_start"]
EntitlementAggregationMode = Literal["additive", "parallel"]

CreditGrantCadence = Literal["ONETIME", "RECURRING"]
CreditGrantPeriod = Literal["DAILY", "WEEKLY", "MONTHLY", "ANNUAL", "QUARTERLY", "HALF_YEARLY"]
CreditGrantExpiryType = Literal["NEVER", "DURATION", "BILLING_CYCLE"]
CreditGrantExpiryDurationUnit = Literal["DAY", "WEEK", "MONTH", "YEAR"]

CouponType = Literal["fixed", "percentage"]
CouponCadence = Literal["once", "repeated", "forever"]
TaxRateType = Literal["percentage", "fixed"]
TaxRateScope = Literal["INTERNAL", "EXTERNAL", "ONETIME"]
TaxAssociationEntityType = Literal["customer", "tenant"]

WalletType = Literal["PRE_PAID", "POST_PAID"]
WalletConfigPriceType = Literal["ALL", "USAGE", "FIXED"]
AlertCondition = Literal["above", "below"]
DurationUnit = Literal["second", "minute", "hour", "day"]

BillingCycle = Literal["anniversary", "calendar"]
CollectionMethod = Literal["charge_automatically", "send_invoice"]
PaymentBehavior = Literal["allow_incomplete", "default_incomplete", "error_if_incomplete", "default_active"]
PaymentTerms = Literal["15 NET", "30 NET", "45 NET", "60 NET", "75 NET", "90 NET"]
ProrationBehavior = Literal["create_prorations", "none"]
SeedSubscriptionStatus = Literal["active", "draft"]
AddonCadence = Literal["onetime", "recurring"]
CommitmentType = Literal["amount", "quantity"]
