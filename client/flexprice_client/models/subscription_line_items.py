"""Subscription line items on the wire: a price, a quantity and the dates it is active."""

from typing import Annotated, Any

from flexprice_client.models.base import (
    OMIT_EMPTY,
    OMIT_NONE,
    Dec,
    ListResponse,
    Metadata,
    Rule,
    SearchFilter,
    Timestamp,
    WireModel,
    WireRequest,
)
from flexprice_client.models.meters import MeterResponse
from flexprice_client.models.prices import CreatePriceTier, PriceResponse, PriceUnitConfig, TransformQuantityInput


class Bucket(WireRequest):
    """A time of day in UTC; hour 24 only as an end."""

    hour: int = 0
    minute: int = 0


class CommitmentBucketRequest(WireRequest):
    """A commitment for a part of the day: [start, end), may wrap midnight. `price` replaces the line's price inside it."""

    id: str = ""
    start: Bucket | None = None
    end: Bucket | None = None
    commitment_type: str = ""
    commitment_value: Dec | None = None
    overage_factor: Dec | None = None
    true_up_enabled: bool = False
    price: dict[str, Any] | None = None


class LineItemCommitmentConfig(WireRequest):
    """A line's commitment as money or quantity. `overage_factor` is required, at least 1."""

    commitment_amount: Dec | None = None
    commitment_quantity: Dec | None = None
    commitment_type: str = ""
    overage_factor: Dec | None = None
    enable_true_up: bool | None = None
    is_window_commitment: bool | None = None
    commitment_duration: str | None = None
    commitment_time_buckets: list[CommitmentBucketRequest] | None = None


class OverrideLineItemRequest(WireRequest):
    """Other terms for one price of the plan, on this subscription only."""

    price_id: Annotated[str, Rule("required")]
    quantity: Dec | None = None
    amount: Dec | None = None
    billing_model: str | None = None
    tier_mode: str | None = None
    tiers: list[CreatePriceTier] | None = None
    transform_quantity: TransformQuantityInput | None = None
    price_unit_amount: Dec | None = None
    price_unit_tiers: list[CreatePriceTier] | None = None


class SubscriptionPriceCreateRequest(WireRequest):
    """A price made for one subscription; its currency is the subscription's."""

    type: Annotated[str, Rule("required")]
    price_unit_type: Annotated[str, Rule("required")]
    billing_period: Annotated[str, Rule("required")]
    billing_period_count: int = 1
    billing_model: Annotated[str, Rule("required")]
    invoice_cadence: Annotated[str, Rule("required")]
    amount: Dec | None = None
    meter_id: str = ""
    lookup_key: str = ""
    trial_period_days: int = 0
    description: str = ""
    display_name: str = ""
    metadata: Metadata | None = None
    tier_mode: str | None = None
    tiers: list[CreatePriceTier] | None = None
    transform_quantity: TransformQuantityInput | None = None
    price_unit_config: PriceUnitConfig | None = None
    min_quantity: int | None = None
    start_date: Timestamp | None = None
    end_date: Timestamp | None = None
    filter_values: dict[str, list[str]] | None = None


class CreateSubscriptionLineItemRequest(WireRequest):
    """One more line: `price_id` of a stored price, or `price` to make one for the subscription."""

    price_id: str = ""
    price: SubscriptionPriceCreateRequest | None = None
    quantity: Dec | None = None
    start_date: Timestamp | None = None
    end_date: Timestamp | None = None
    metadata: Metadata | None = None
    display_name: str = ""
    subscription_phase_id: str | None = None
    proration_behavior: str | None = None
    commitment_amount: Dec | None = None
    commitment_quantity: Dec | None = None
    commitment_type: str | None = None
    commitment_overage_factor: Dec | None = None
    commitment_true_up_enabled: bool | None = None
    commitment_windowed: bool | None = None
    commitment_duration: str | None = None
    commitment_time_buckets: list[CommitmentBucketRequest] | None = None


class UpdateSubscriptionLineItemRequest(WireRequest):
    """Changed terms end the line at `effective_from` (default now) and start another; metadata changes in place."""

    effective_from: Timestamp | None = None
    amount: Dec | None = None
    billing_model: str | None = None
    tier_mode: str | None = None
    tiers: list[CreatePriceTier] | None = None
    transform_quantity: TransformQuantityInput | None = None
    metadata: Metadata | None = None
    commitment_amount: Dec | None = None
    commitment_quantity: Dec | None = None
    commitment_type: str | None = None
    commitment_overage_factor: Dec | None = None
    commitment_true_up_enabled: bool | None = None
    commitment_windowed: bool | None = None
    commitment_duration: str | None = None
    commitment_time_buckets: list[CommitmentBucketRequest] | None = None


class DeleteSubscriptionLineItemRequest(WireRequest):
    """Ends the line at `effective_from` (default now)."""

    effective_from: Timestamp | None = None
    proration_behavior: str | None = None


class SubscriptionLineItemFilter(SearchFilter):
    """`active_filter` leaves out lines that ended by `current_period_start`, and without that none."""

    subscription_line_item_ids: list[str] | None = None
    subscription_ids: list[str] | None = None
    customer_ids: list[str] | None = None
    entity_ids: list[str] | None = None
    entity_type: str | None = None
    price_ids: list[str] | None = None
    meter_ids: list[str] | None = None
    currencies: list[str] | None = None
    billing_periods: list[str] | None = None
    addon_association_ids: list[str] | None = None
    active_filter: bool = False
    current_period_start: Timestamp | None = None


class SubscriptionLineItemResponse(WireModel):
    """`end_date` of an open line is 0001-01-01T00:00:00Z."""

    id: str
    subscription_id: str
    customer_id: str
    entity_id: Annotated[str, OMIT_EMPTY] = ""
    entity_type: Annotated[str, OMIT_EMPTY] = ""
    plan_display_name: Annotated[str, OMIT_EMPTY] = ""
    price_id: str
    price_type: Annotated[str, OMIT_EMPTY] = ""
    meter_id: Annotated[str, OMIT_EMPTY] = ""
    meter_display_name: Annotated[str, OMIT_EMPTY] = ""
    price_unit_id: str | None = None
    price_unit: str | None = None
    display_name: Annotated[str, OMIT_EMPTY] = ""
    quantity: Dec
    currency: str
    billing_period: str
    billing_period_count: int = 1
    invoice_cadence: str
    start_date: Timestamp
    end_date: Timestamp
    subscription_phase_id: Annotated[str | None, OMIT_NONE] = None
    addon_association_id: Annotated[str | None, OMIT_NONE] = None
    metadata: Annotated[Metadata | None, OMIT_EMPTY] = None
    environment_id: str = ""
    commitment_amount: Annotated[Dec | None, OMIT_NONE] = None
    commitment_quantity: Annotated[Dec | None, OMIT_NONE] = None
    commitment_type: Annotated[str | None, OMIT_EMPTY] = None
    commitment_overage_factor: Annotated[Dec | None, OMIT_NONE] = None
    commitment_true_up_enabled: bool = False
    commitment_windowed: bool = False
    commitment_duration: Annotated[str | None, OMIT_NONE] = None
    commitment_time_buckets: Annotated[list[dict[str, Any]] | None, OMIT_EMPTY] = None
    price: Annotated[PriceResponse | None, OMIT_NONE] = None
    meter: Annotated[MeterResponse | None, OMIT_NONE] = None
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""


ListSubscriptionLineItemsResponse = ListResponse[SubscriptionLineItemResponse]
