"""Limits of metered features when the plan changes within a period (rating.md §4.3).

With create_prorations the running period has the part of the old limit for the time gone and the part of the new one for the
time left; from the next period on the new plan's limit holds.
"""

from datetime import datetime

from flexprice_emulator.entitlements import service as entitlements
from flexprice_emulator.entitlements.tables import EntitlementRow
from flexprice_emulator.rating.entitlement.proration import prorated_entitlement
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.workspace.context import Context


def drop_overrides(ctx: Context, row: SubscriptionRow, plan_id: str, at: datetime) -> None:
    """End the subscription's own versions of a plan's entitlements, which nothing would replace any more."""
    of_plan = {held.id for held in entitlements.rows_of(ctx, "PLAN", [plan_id])}
    for own in entitlements.rows_of(ctx, "SUBSCRIPTION", [row.id]):
        if own.parent_entitlement_id in of_plan and (own.end_date is None or own.end_date > at):
            own.end_date = at
            ctx.touch(own)
    ctx.session.flush()


def prorate_limits(ctx: Context, row: SubscriptionRow, old_plan_id: str, new_plan_id: str, at: datetime) -> None:
    """Limits of the new plan's metered entitlements for the rest of the running period; unlimited ones stay so."""
    before = {held.feature_id: held for held in entitlements.rows_of(ctx, "PLAN", [old_plan_id]) if _is_limited(held)}
    for source in entitlements.rows_of(ctx, "PLAN", [new_plan_id]):
        if not _is_limited(source):
            continue
        limit = _share(row, source.usage_limit or 0, at)
        held = before.get(source.feature_id)
        if held is not None:
            old = held.usage_limit or 0
            limit += old - _share(row, old, at)
        if limit != source.usage_limit:
            entitlements.copy(
                ctx,
                source,
                entity_type="SUBSCRIPTION",
                entity_id=row.id,
                parent_entitlement_id=source.id,
                usage_limit=limit,
                start_date=at,
                end_date=row.current_period_end,
            )


def _is_limited(held: EntitlementRow) -> bool:
    return held.feature_type == "metered" and held.usage_limit is not None and held.is_enabled


def _share(row: SubscriptionRow, limit: int, at: datetime) -> int:
    return prorated_entitlement(
        limit,
        billing_cycle=row.billing_cycle,
        billing_anchor=row.billing_anchor,
        billing_period=row.billing_period,
        billing_period_count=row.billing_period_count,
        period_start=row.current_period_start,
        period_end=row.current_period_end,
        proration_date=at,
        timezone=row.timezone,
    ).limit
