"""What other domains tell of their subscriptions, and what comes of it (wallets.md §10.3, §10.9).

An error in giving credits fails no caller: it is noted on the application.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flexprice_client.models.base import Metadata
from flexprice_client.models.subscriptions import SubscriptionCreditGrantInput
from flexprice_emulator.grants import applications, grants, rules, schedule
from flexprice_emulator.grants.reads import published_of
from flexprice_emulator.grants.schedule import GrantPeriod
from flexprice_emulator.grants.tables import CreditGrantRow
from flexprice_emulator.rating.decimals import to_text
from flexprice_emulator.rating.proration import coefficient
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.workspace.context import Context


def on_subscription_created(
    ctx: Context, subscription: SubscriptionRow, request_grants: Sequence[SubscriptionCreditGrantInput] | None = None
) -> list[CreditGrantRow]:
    """Give the subscription its grants: the request's, even none, or else copies of its plan's. Raises ValidationError for the request's.

    They start with the subscription, or when its trial ends; what is due is credited now.
    """
    if request_grants is None:
        templates = published_of(ctx, "PLAN", [subscription.plan_id])
        offers = [grants.values_of(template, plan_id=template.plan_id) for template in templates]
    else:
        for request in request_grants:
            rules.check_terms(request)
        offers = [grants.values_of(request, plan_id=request.plan_id or "", addon_id=request.addon_id or "") for request in request_grants]
    start = subscription.trial_end or subscription.start_date
    made = []
    for values in offers:
        dates = {"start_date": start, "end_date": subscription.end_date, "credit_grant_anchor": start}
        row = grants.add(ctx, scope="SUBSCRIPTION", subscription_id=subscription.id, **values, **dates)
        applications.open_first(ctx, row, subscription)
        made.append(row)
    return made


def on_subscription_activated(ctx: Context, subscription: SubscriptionRow) -> None:
    """A draft or incomplete subscription became active: credit what waited for that."""
    for row in applications.open_of(ctx, [subscription.id]):
        grant = ctx.session.get_one(CreditGrantRow, row.credit_grant_id)
        # The time they are scheduled for was put off meanwhile; their period says whether they are due.
        if row.period_start <= ctx.now:
            applications.process(ctx, row, grant, subscription)


def on_subscription_cancelled(ctx: Context, subscription: SubscriptionRow, effective_date: datetime) -> None:
    """End the subscription's grants: nothing is credited from the date on. Credits given stay."""
    grants.end(ctx, published_of(ctx, "SUBSCRIPTION", [subscription.id]), effective_date)


def on_addon_attached(
    ctx: Context,
    subscription: SubscriptionRow,
    addon_id: str,
    *,
    association_id: str,
    start_date: datetime,
    end_date: datetime | None = None,
    proration_behavior: str = "none",
) -> list[CreditGrantRow]:
    """Copies of an add-on's grants from its attachment on.

    With create_prorations a RECURRING grant of the subscription's own period starts with the share that is left of the
    period; it then follows the subscription's periods.
    """
    ends = [moment for moment in (end_date, subscription.end_date) if moment is not None]
    made = []
    for template in published_of(ctx, "ADDON", [addon_id]):
        share = _share(template, subscription, start_date) if proration_behavior == "create_prorations" else None
        row = grants.add(
            ctx,
            scope="SUBSCRIPTION",
            subscription_id=subscription.id,
            **grants.values_of(template, addon_id=addon_id),
            addon_association_id=association_id,
            start_date=start_date,
            end_date=min(ends, default=None),
            credit_grant_anchor=share.period.end if share else start_date,
        )
        if share is None:
            applications.open_first(ctx, row, subscription)
        else:
            applications.open_first(ctx, row, subscription, period=share.period, credits=share.credits, metadata=share.metadata)
        made.append(row)
    return made


def on_addon_removed(ctx: Context, subscription: SubscriptionRow, association_id: str, effective_date: datetime) -> None:
    """End the grants that came with an attachment."""
    held = published_of(ctx, "SUBSCRIPTION", [subscription.id])
    grants.end(ctx, [row for row in held if row.addon_association_id == association_id], effective_date)


def copy_of_plan(ctx: Context, source_plan_id: str, plan_id: str) -> list[CreditGrantRow]:
    """Copies of a plan's grants for another plan, newest of the source first."""
    templates = published_of(ctx, "PLAN", [source_plan_id])
    return [grants.add(ctx, scope="PLAN", plan_id=plan_id, **grants.values_of(row)) for row in templates]


@dataclass(frozen=True, slots=True)
class _Share:
    period: GrantPeriod
    credits: Decimal
    metadata: Metadata


def _share(template: CreditGrantRow, subscription: SubscriptionRow, start: datetime) -> _Share | None:
    """The part of the subscription's period from the attachment on; None where the grant has another period or none."""
    same = (
        template.cadence == "RECURRING"
        and template.period == subscription.billing_period
        and template.period_count == subscription.billing_period_count
    )
    period = schedule.billing_period_of(applications.cycle(subscription), start) if same else None
    if period is None or period.end is None:
        return None
    left = schedule.prorated_credits(template.credits, period.start, period.end, start)
    noted = {
        "proration_original_credits": to_text(template.credits),
        "proration_coefficient": to_text(coefficient(period.start, period.end, start)),
    }
    return _Share(GrantPeriod(start, period.end), left, noted)
