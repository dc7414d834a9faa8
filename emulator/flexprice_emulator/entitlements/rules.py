"""What an entitlement must be, by the type of its feature (rating.md §4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flexprice_emulator.wire.errors import ValidationError

ENTITY_TYPES = ("PLAN", "SUBSCRIPTION", "ADDON")
RESET_PERIODS = ("MONTHLY", "ANNUAL", "WEEKLY", "DAILY", "QUARTERLY", "HALF_YEARLY", "NEVER")
AGGREGATION_MODES = ("additive", "parallel")
GRANT_MEASURES = ("quantity", "amount")
GRANT_DURATION_UNITS = ("hour", "day", "week", "subscription_period")
GRANT_ALLOCATIONS = ("first_usage", "unit_start")
GRANT_FIELDS = ("grant_measure", "grant_quota", "grant_duration_value", "grant_duration_unit", "grant_allocation_behavior")


@dataclass(frozen=True, slots=True)
class Grant:
    """The grant fields of a request or a row; a grant is configured where a measure is."""

    grant_measure: str
    grant_quota: Decimal | None
    grant_duration_value: int | None
    grant_duration_unit: str
    grant_allocation_behavior: str

    @classmethod
    def of(cls, source: Any) -> "Grant":
        """From anything with these attributes."""
        return cls(**{name: getattr(source, name) for name in GRANT_FIELDS})

    @property
    def given(self) -> bool:
        """Whether any field is set."""
        return any(getattr(self, name) not in ("", None) for name in GRANT_FIELDS)


def check_values(
    feature_type: str, *, usage_limit: int | None, usage_reset_period: str, static_value: str, config_value: Mapping[str, Any] | None
) -> None:
    """Raises ValidationError where the values do not fit the feature's type."""
    if usage_limit is not None and usage_limit < 0:
        raise ValidationError("Usage limit cannot be negative", {"usage_limit": usage_limit})
    if usage_reset_period and usage_reset_period not in RESET_PERIODS:
        raise ValidationError("Invalid usage reset period", {"allowed": list(RESET_PERIODS), "usage_reset_period": usage_reset_period})
    if feature_type == "static" and not static_value:
        raise ValidationError("Static value is required for static features", {"feature_type": feature_type})
    if feature_type == "config" and not config_value:
        raise ValidationError("Config value is required for config features", {"feature_type": feature_type})


def check_mode(aggregation_mode: str) -> None:
    """Raises ValidationError for an unknown mode."""
    _one_of("aggregation_mode", aggregation_mode, AGGREGATION_MODES, "Invalid aggregation mode")


def check_grant(grant: Grant, feature_type: str) -> None:
    """Raises ValidationError for an incomplete or impossible grant (rating.md §4.4)."""
    if not grant.given:
        return
    if feature_type != "metered":
        raise ValidationError("Grant configuration is only allowed for metered features", {"feature_type": feature_type})
    _one_of("grant_measure", grant.grant_measure, GRANT_MEASURES, "Invalid grant measure")
    _one_of("grant_duration_unit", grant.grant_duration_unit, GRANT_DURATION_UNITS, "Invalid grant duration unit")
    if not grant.grant_measure or not grant.grant_duration_unit or grant.grant_quota is None:
        raise ValidationError("Grant measure, quota and duration unit must be set together")
    if grant.grant_quota <= 0:
        raise ValidationError("Grant quota must be greater than zero", {"grant_quota": grant.grant_quota})
    if grant.grant_duration_unit != "subscription_period" and (grant.grant_duration_value is None or grant.grant_duration_value < 1):
        raise ValidationError("Grant duration value must be greater than zero", {"grant_duration_value": grant.grant_duration_value or 0})
    _one_of("grant_allocation_behavior", grant.grant_allocation_behavior, GRANT_ALLOCATIONS, "Invalid grant allocation behavior")


def _one_of(name: str, value: str, allowed: tuple[str, ...], message: str) -> None:
    if value and value not in allowed:
        raise ValidationError(message, {"allowed": list(allowed), name: value})
