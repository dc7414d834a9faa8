"""Entitlements of a subscription's own, in place of its plan's (subscriptions.md §13.4, rating.md §4.3)."""

from collections.abc import Sequence
from typing import Any

from flexprice_client.models.subscriptions import OverrideEntitlementRequest
from flexprice_emulator.entitlements import service as entitlements
from flexprice_emulator.entitlements.tables import EntitlementRow
from flexprice_emulator.rating.entitlement.proration import prorated_entitlement
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context


def override_entitlements(ctx: Context, subscription: SubscriptionRow, overrides: Sequence[OverrideEntitlementRequest]) -> None:
    """Subscription-scoped copies with other values. Raises NotFoundError (entitlement), ValidationError."""
    for override in overrides:
        source = entitlements.get_row(ctx, override.entitlement_id)
        if source.entity_type != "PLAN" or source.entity_id != subscription.plan_id:
            raise ValidationError(
                "Only entitlements of the subscription's plan can be overridden", {"entitlement_id": override.entitlement_id}
            )
        _copy(ctx, subscription, source, _changes(source, override))


def prorate_entitlements(ctx: Context, subscription: SubscriptionRow) -> None:
    """Limits of a short calendar period, for that period only."""
    for source in entitlements.rows_of(ctx, "PLAN", [subscription.plan_id]):
        if source.feature_type != "metered" or source.usage_limit is None or not source.is_enabled:
            continue
        prorated = prorated_entitlement(
            source.usage_limit,
            billing_cycle=subscription.billing_cycle,
            billing_anchor=subscription.billing_anchor,
            billing_period=subscription.billing_period,
            billing_period_count=subscription.billing_period_count,
            period_start=subscription.current_period_start,
            period_end=subscription.current_period_end,
            proration_date=subscription.start_date,
            timezone=subscription.timezone,
        )
        if prorated.limit != source.usage_limit:
            _copy(ctx, subscription, source, {"usage_limit": prorated.limit, "end_date": subscription.current_period_end})


def _changes(source: EntitlementRow, override: OverrideEntitlementRequest) -> dict[str, Any]:
    changes: dict[str, Any] = {"is_enabled": source.is_enabled if override.is_enabled is None else override.is_enabled}
    details = {"entitlement_id": source.id, "feature_type": source.feature_type}
    if source.feature_type == "metered":
        if override.static_value or override.config_value:
            raise ValidationError("Metered entitlements take a usage limit only", details)
        if override.usage_limit is not None and override.usage_limit < 0:
            raise ValidationError("Usage limit cannot be negative", {"usage_limit": override.usage_limit})
        # Left out it is unlimited, whatever the plan says.
        changes |= {"usage_limit": override.usage_limit, "usage_reset_period": source.usage_reset_period or "MONTHLY"}
    elif source.feature_type == "static":
        value = override.static_value if override.static_value is not None else source.static_value
        if not value:
            raise ValidationError("Static value is required for static features", details)
        changes["static_value"] = value
    elif source.feature_type == "config" and override.config_value is not None:
        changes["config_value"] = override.config_value
    return changes


def _copy(ctx: Context, subscription: SubscriptionRow, source: EntitlementRow, changes: dict[str, Any]) -> None:
    values = {
        "entity_type": "SUBSCRIPTION",
        "entity_id": subscription.id,
        "parent_entitlement_id": source.id,
        "start_date": subscription.start_date,
        "end_date": None,
        **changes,
    }
    entitlements.copy(ctx, source, **values)
