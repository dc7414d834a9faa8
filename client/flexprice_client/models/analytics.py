"""Usage and cost analytics on the wire."""

from typing import Annotated, Any

from flexprice_client.models.base import OMIT_EMPTY, OMIT_NONE, Dec, Rule, Timestamp, WireModel, WireRequest
from flexprice_client.models.catalog import Addon, EntityFields, Plan
from flexprice_client.models.features import FeatureResponse, ReportingUnit
from flexprice_client.models.invoices import CommitmentInfo
from flexprice_client.models.meters import MeterAggregation, MeterFilter
from flexprice_client.models.prices import PriceResponse
from flexprice_client.models.subscription_line_items import Bucket, SubscriptionLineItemResponse
from flexprice_client.models.subscriptions import EntitlementSource


class GetUsageAnalyticsRequest(WireRequest):
    """Usage and cost by feature. Without a customer, over all of them and without cost.

    `group_by`: feature_id, source, properties.<name>; `expand`: price, meter, feature, subscription_line_item, plan, addon, source.
    """

    external_customer_id: str = ""
    feature_ids: list[str] | None = None
    sources: list[str] | None = None
    start_time: Timestamp | None = None
    end_time: Timestamp | None = None
    group_by: list[str] | None = None
    window_size: str = ""
    expand: list[str] | None = None
    property_filters: dict[str, list[str]] | None = None
    include_children: bool = False
    breakdown_bucket: bool = False


class MeterUsageDetailedAnalyticsRequest(WireRequest):
    """The same by meter, of one customer; the last 6 hours by default."""

    external_customer_id: Annotated[str, Rule(binding="required")]
    meter_ids: list[str] | None = None
    feature_ids: list[str] | None = None
    sources: list[str] | None = None
    start_time: Timestamp | None = None
    end_time: Timestamp | None = None
    group_by: list[str] | None = None
    window_size: str = ""
    billing_anchor: Timestamp | None = None
    expand: list[str] | None = None
    property_filters: dict[str, list[str]] | None = None
    include_children: bool = False
    breakdown_bucket: bool = False


class Meter(EntityFields):
    """A meter as analytics and event traces embed it: without its environment and its authors."""

    id: str
    event_name: str
    name: str
    aggregation: MeterAggregation
    filters: list[MeterFilter] | None = None
    reset_usage: str


class Group(EntityFields):
    """The group a feature belongs to."""

    id: str
    name: str
    lookup_key: str
    entity_type: str


class PointBucket(WireModel):
    """A time-of-day bucket that a point fell into."""

    bucket_id: str
    price_id: Annotated[str, OMIT_EMPTY] = ""


class UsageAnalyticPoint(WireModel):
    """One window of an item. Its cost is the price of this window's usage alone, so points need not add up."""

    timestamp: str
    usage: Dec
    subtotal: Dec
    discount: Dec
    cost: Dec
    event_count: int
    computed_commitment_utilized_amount: Dec
    computed_overage_amount: Dec
    computed_true_up_amount: Dec
    buckets: Annotated[list[PointBucket] | None, OMIT_EMPTY] = None


class BucketSummary(WireModel):
    """What a time-of-day bucket came to over the range."""

    bucket_id: str
    start: Bucket
    end: Bucket
    price_id: Annotated[str, OMIT_EMPTY] = ""
    subscription_line_item_id: Annotated[str, OMIT_EMPTY] = ""
    commitment_type: Annotated[str, OMIT_EMPTY] = ""
    commitment_value: Dec
    total_usage: Dec
    base_charge: Dec
    computed_utilized: Dec
    computed_overage: Dec
    computed_true_up: Dec


class UsageAnalyticItem(WireModel):
    """A line item's usage of a meter, or one group of it."""

    feature_id: Annotated[str, OMIT_EMPTY] = ""
    price_id: Annotated[str, OMIT_EMPTY] = ""
    meter_id: Annotated[str, OMIT_EMPTY] = ""
    sub_line_item_id: Annotated[str, OMIT_EMPTY] = ""
    subscription_id: Annotated[str, OMIT_EMPTY] = ""
    price: Annotated[PriceResponse | None, OMIT_NONE] = None
    meter: Annotated[Meter | None, OMIT_NONE] = None
    feature: Annotated[FeatureResponse | None, OMIT_NONE] = None
    subscription_line_item: Annotated[SubscriptionLineItemResponse | None, OMIT_NONE] = None
    plan: Annotated[Plan | None, OMIT_NONE] = None
    addon: Annotated[Addon | None, OMIT_NONE] = None
    name: str = ""
    event_name: str = ""
    source: Annotated[str, OMIT_EMPTY] = ""
    sources: Annotated[list[str] | None, OMIT_EMPTY] = None
    unit: Annotated[str, OMIT_EMPTY] = ""
    unit_plural: Annotated[str, OMIT_EMPTY] = ""
    aggregation_type: str
    total_usage: Dec
    total_usage_display: str = ""
    reporting_unit: Annotated[ReportingUnit | None, OMIT_NONE] = None
    subtotal: Dec
    total_discount: Dec
    total_cost: Dec
    currency: Annotated[str, OMIT_EMPTY] = ""
    event_count: int
    properties: Annotated[dict[str, str] | None, OMIT_EMPTY] = None
    commitment_info: Annotated[CommitmentInfo | None, OMIT_NONE] = None
    points: Annotated[list[UsageAnalyticPoint] | None, OMIT_EMPTY] = None
    bucket_summaries: Annotated[list[BucketSummary] | None, OMIT_EMPTY] = None
    plan_id: Annotated[str, OMIT_EMPTY] = ""
    add_on_id: Annotated[str, OMIT_EMPTY] = ""
    window_size: Annotated[str, OMIT_EMPTY] = ""
    group: Annotated[Group | None, OMIT_NONE] = None


class GetUsageAnalyticsResponse(WireModel):
    """`currency` is the first subscription's, "" where there is none."""

    subtotal: Dec
    total_discount: Dec
    total_cost: Dec
    currency: str
    items: list[UsageAnalyticItem]
    custom_analytics: Annotated[list[dict[str, Any]] | None, OMIT_EMPTY] = None


class UsageSummaryQuery(WireRequest):
    """Whose usage summary: a customer by id or by external id, and which features and subscriptions of it."""

    customer_id: str = ""
    customer_lookup_key: str = ""
    feature_ids: list[str] | None = None
    feature_lookup_keys: list[str] | None = None
    subscription_ids: list[str] | None = None


class FeatureUsageSummary(WireModel):
    """A feature's usage against its limit; `usage_percent` is usage over limit, 100 for a limit of 0."""

    feature: FeatureResponse
    total_limit: int | None = None
    is_unlimited: bool = False
    current_usage: Dec
    usage_percent: Dec
    is_enabled: bool = True
    is_soft_limit: bool = False
    next_usage_reset_at: Annotated[Timestamp | None, OMIT_NONE] = None
    sources: list[EntitlementSource] | None = None


class BillingPeriodInfo(WireModel):
    start_time: Timestamp
    end_time: Timestamp
    period: str


class CustomerUsageSummaryResponse(WireModel):
    """`period` is never filled by the server."""

    customer_id: str
    features: list[FeatureUsageSummary]
    period: BillingPeriodInfo | None = None
