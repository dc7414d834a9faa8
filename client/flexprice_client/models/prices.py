"""Prices on the wire (rating.md §2)."""

from typing import Annotated

from pydantic import Field

from flexprice_client.models.base import (
    OMIT_EMPTY,
    OMIT_NONE,
    Dec,
    FilterCondition,
    ListFilter,
    ListResponse,
    Metadata,
    Rule,
    Timestamp,
    WireModel,
    WireRequest,
)
from flexprice_client.models.catalog import Addon, EntityFields, Plan
from flexprice_client.models.groups import GroupResponse
from flexprice_client.models.meters import MeterResponse
from flexprice_client.models.price_units import PriceUnitResponse


class CreatePriceTier(WireRequest):
    """`up_to` is inclusive, null is without end; `flat_amount` is charged once for the tier."""

    up_to: Annotated[int | None, Field(ge=0)] = None
    unit_amount: Annotated[Dec, Rule("required")]
    flat_amount: Dec | None = None


class TransformQuantityInput(WireRequest):
    """Package size; `round` is up or down."""

    divide_by: int = 0
    round: str = ""


class PriceUnitConfig(WireRequest):
    """Amounts of a CUSTOM price, in units. `price_unit` is the unit's code."""

    price_unit: Annotated[str, Rule("required")]
    amount: Dec | None = None
    price_unit_tiers: list[CreatePriceTier] | None = None


class CreatePriceRequest(WireRequest):
    """`billing_period_count` has no default: it must be given. `filter_values` is accepted and ignored."""

    amount: Dec | None = None
    currency: Annotated[str, Rule("required,len=3")]
    entity_type: Annotated[str, Rule("required")]
    entity_id: Annotated[str, Rule("required")]
    type: Annotated[str, Rule("required")]
    price_unit_type: str = ""
    billing_period: Annotated[str, Rule("required")]
    billing_period_count: int = 0
    billing_model: Annotated[str, Rule("required")]
    invoice_cadence: Annotated[str, Rule("required")]
    meter_id: str = ""
    filter_values: dict[str, list[str]] | None = None
    lookup_key: str = ""
    trial_period_days: int = 0
    min_quantity: int | None = None
    description: str = ""
    display_name: str = ""
    metadata: Metadata | None = None
    tier_mode: str = ""
    tiers: list[CreatePriceTier] | None = None
    transform_quantity: TransformQuantityInput | None = None
    price_unit_config: PriceUnitConfig | None = None
    start_date: Timestamp | None = None
    end_date: Timestamp | None = None
    group_id: str = ""


class CreateBulkPriceRequest(WireRequest):
    """1 to 100 prices, all or none."""

    items: list[CreatePriceRequest]


class UpdatePriceRequest(WireRequest):
    """Texts change in place. A change of amount, model, tiers, package or unit amounts ends the price at
    `effective_from` (now when left out) and makes a new one from then."""

    lookup_key: str | None = None
    description: str | None = None
    display_name: str | None = None
    metadata: Metadata | None = None
    group_id: str | None = None
    effective_from: Timestamp | None = None
    billing_model: str = ""
    amount: Dec | None = None
    tier_mode: str = ""
    tiers: list[CreatePriceTier] | None = None
    transform_quantity: TransformQuantityInput | None = None
    price_unit_amount: Dec | None = None
    price_unit_tiers: list[CreatePriceTier] | None = None


class DeletePriceRequest(WireRequest):
    """Ends the price at `end_date`, now when left out."""

    end_date: Timestamp | None = None


class PriceQuery(ListFilter):
    """The query string of a list. `plan_ids` is accepted and ignored, as the server does; use entity_type and entity_ids.
    Ended prices are hidden unless `allow_expired_prices`."""

    price_ids: list[str] | None = None
    plan_ids: list[str] | None = None
    entity_type: str | None = None
    entity_ids: list[str] | None = None
    subscription_id: str | None = None
    parent_price_id: str | None = None
    meter_ids: list[str] | None = None
    billing_periods: list[str] | None = None
    start_date_lt: Timestamp | None = None
    allow_expired_prices: bool = False
    sort: str | None = None


class PriceFilter(PriceQuery):
    """The body of a search: as the query, with conditions."""

    filters: list[FilterCondition] | None = None


class PriceTier(WireModel):
    up_to: int | None = None
    unit_amount: Dec
    flat_amount: Annotated[Dec | None, OMIT_NONE] = None


class TransformQuantity(WireModel):
    divide_by: Annotated[int, OMIT_EMPTY] = 0
    round: Annotated[str, OMIT_EMPTY] = ""


class PriceResponse(EntityFields):
    """`display_amount` is symbol and amount as given. In the answer of a bulk creation the currency is as sent and
    price_unit_amount and conversion_rate are left out."""

    id: str
    amount: Dec
    display_amount: str
    currency: str
    price_unit_type: str = "FIAT"
    price_unit_id: Annotated[str, OMIT_EMPTY] = ""
    price_unit: Annotated[str, OMIT_EMPTY] = ""
    price_unit_amount: Annotated[Dec | None, OMIT_NONE] = None
    display_price_unit_amount: Annotated[str, OMIT_EMPTY] = ""
    conversion_rate: Annotated[Dec | None, OMIT_NONE] = None
    price_unit_tiers: Annotated[list[PriceTier] | None, OMIT_EMPTY] = None
    type: str
    billing_period: str
    billing_period_count: int
    billing_model: str
    billing_cadence: str = "RECURRING"
    invoice_cadence: str
    trial_period_days: int = 0
    min_quantity: Annotated[Dec | None, OMIT_NONE] = None
    tier_mode: Annotated[str, OMIT_EMPTY] = ""
    tiers: Annotated[list[PriceTier] | None, OMIT_EMPTY] = None
    meter_id: str = ""
    display_name: str = ""
    lookup_key: str = ""
    description: str = ""
    transform_quantity: TransformQuantity
    metadata: Metadata | None = None
    entity_type: Annotated[str, OMIT_EMPTY] = ""
    entity_id: Annotated[str, OMIT_EMPTY] = ""
    parent_price_id: Annotated[str, OMIT_EMPTY] = ""
    group_id: Annotated[str, OMIT_EMPTY] = ""
    start_date: Annotated[Timestamp | None, OMIT_NONE] = None
    end_date: Annotated[Timestamp | None, OMIT_NONE] = None
    sequence: Annotated[int, OMIT_EMPTY] = 0
    meter: Annotated[MeterResponse | None, OMIT_NONE] = None
    plan: Annotated[Plan | None, OMIT_NONE] = None
    addon: Annotated[Addon | None, OMIT_NONE] = None
    group: Annotated[GroupResponse | None, OMIT_NONE] = None
    pricing_unit: Annotated[PriceUnitResponse | None, OMIT_NONE] = None


class CreateBulkPriceResponse(WireModel):
    items: list[PriceResponse]


ListPricesResponse = ListResponse[PriceResponse]
