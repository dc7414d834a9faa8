"""Entitlements as they are stored, as they count per feature, and grant windows (rating.md §4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

GrantMeasure = Literal["quantity", "amount"]


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One stored entitlement. `usage_limit` None is unlimited; dates only matter for subscription-scoped ones."""

    id: str
    feature_id: str
    feature_type: str = "metered"
    meter_id: str | None = None
    usage_limit: int | None = None
    usage_reset_period: str = ""
    is_soft_limit: bool = False
    is_enabled: bool = True
    static_value: str = ""
    config_value: Mapping[str, Any] | None = None
    entity_type: str = "PLAN"
    entity_id: str = ""
    parent_entitlement_id: str | None = None
    start_date: datetime | None = None
    end_date: datetime | None = None


@dataclass(frozen=True, slots=True)
class AggregatedEntitlement:
    """All entitlements of one feature together; `sources` in the order they were given."""

    feature_id: str
    feature_type: str
    meter_id: str | None
    usage_limit: int | None
    usage_reset_period: str
    is_soft_limit: bool
    is_enabled: bool
    static_values: tuple[str, ...] = ()
    config_values: tuple[Mapping[str, Any], ...] = ()
    sources: tuple[Entitlement, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class GrantConfig:
    """A time-boxed quota. `grant_duration_unit` is hour, day, week or subscription_period."""

    entitlement_id: str
    grant_measure: str
    grant_quota: Decimal
    grant_duration_unit: str
    grant_duration_value: int = 1
    grant_allocation_behavior: str = "first_usage"
    aggregation_mode: str = "additive"


@dataclass(frozen=True, slots=True)
class GrantWindow:
    """An opened quota, [valid_from, valid_to). `quota_crossed_at` is when usage was found above the quota."""

    entitlement_id: str
    valid_from: datetime
    valid_to: datetime
    grant_quota: Decimal
    grant_measure: str = "quantity"
    quota_crossed_at: datetime | None = None
