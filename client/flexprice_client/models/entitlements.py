"""Entitlements on the wire (rating.md §4)."""

from typing import Annotated, Any

from flexprice_client.models.base import (
    OMIT_EMPTY,
    OMIT_NONE,
    Dec,
    ListResponse,
    Rule,
    SearchFilter,
    Timestamp,
    WireModel,
    WireRequest,
)
from flexprice_client.models.catalog import Addon, EntityFields, Plan
from flexprice_client.models.features import FeatureResponse


class CreateEntitlementRequest(WireRequest):
    """`plan_id` is short for entity_type PLAN and its entity_id. `is_enabled` is accepted and ignored: what is created is enabled."""

    plan_id: str = ""
    entity_type: str = ""
    entity_id: str = ""
    feature_id: Annotated[str, Rule("required")]
    feature_type: Annotated[str, Rule("required")]
    is_enabled: bool = False
    usage_limit: int | None = None
    usage_reset_period: str = ""
    is_soft_limit: bool = False
    static_value: str = ""
    config_value: dict[str, Any] | None = None
    parent_entitlement_id: str = ""
    start_date: Timestamp | None = None
    end_date: Timestamp | None = None
    aggregation_mode: str = ""
    grant_measure: str = ""
    grant_quota: Dec | None = None
    grant_duration_value: int | None = None
    grant_duration_unit: str = ""
    grant_allocation_behavior: str = ""


class CreateBulkEntitlementRequest(WireRequest):
    """1 to 100 entitlements, all or none."""

    items: list[CreateEntitlementRequest]


class UpdateEntitlementRequest(WireRequest):
    """Changes what is given. `clear_grant_config` removes the grant fields."""

    is_enabled: bool | None = None
    usage_limit: int | None = None
    usage_reset_period: str = ""
    is_soft_limit: bool | None = None
    static_value: str = ""
    config_value: dict[str, Any] | None = None
    aggregation_mode: str = ""
    grant_measure: str = ""
    grant_quota: Dec | None = None
    grant_duration_value: int | None = None
    grant_duration_unit: str = ""
    grant_allocation_behavior: str = ""
    clear_grant_config: bool = False


class EntitlementFilter(SearchFilter):
    entity_type: str | None = None
    entity_ids: list[str] | None = None
    plan_ids: list[str] | None = None
    feature_ids: list[str] | None = None
    feature_type: str | None = None
    is_enabled: bool | None = None
    has_grant_config: bool | None = None


class EntitlementResponse(EntityFields):
    """`plan_id` repeats the entity's id: for plans always, for others only in the answer that creates it."""

    id: str
    entity_type: str
    entity_id: str
    feature_id: str
    feature_type: str
    is_enabled: bool
    usage_limit: int | None = None
    usage_reset_period: str = ""
    is_soft_limit: bool = False
    static_value: str = ""
    config_value: Annotated[dict[str, Any] | None, OMIT_EMPTY] = None
    display_order: int = 0
    parent_entitlement_id: Annotated[str, OMIT_EMPTY] = ""
    start_date: Annotated[Timestamp | None, OMIT_NONE] = None
    end_date: Annotated[Timestamp | None, OMIT_NONE] = None
    aggregation_mode: Annotated[str, OMIT_EMPTY] = ""
    grant_measure: Annotated[str, OMIT_EMPTY] = ""
    grant_quota: Annotated[Dec | None, OMIT_NONE] = None
    grant_duration_value: Annotated[int | None, OMIT_NONE] = None
    grant_duration_unit: Annotated[str, OMIT_EMPTY] = ""
    grant_allocation_behavior: Annotated[str, OMIT_EMPTY] = ""
    feature: Annotated[FeatureResponse | None, OMIT_NONE] = None
    plan: Annotated[Plan | None, OMIT_NONE] = None
    addon: Annotated[Addon | None, OMIT_NONE] = None
    plan_id: Annotated[str, OMIT_EMPTY] = ""


class CreateBulkEntitlementResponse(WireModel):
    items: list[EntitlementResponse]


ListEntitlementsResponse = ListResponse[EntitlementResponse]
