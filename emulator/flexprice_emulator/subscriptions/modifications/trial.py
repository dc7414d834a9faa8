"""Ending a trial now, or moving its end (subscriptions.md §11.3).

Known oddities: `trial_end` itself is never written, the current period's end stands for it; the answer to ending it now says
`incomplete` and "now", whatever has become of the subscription.
"""

from datetime import datetime

from flexprice_client.models.base import time_text
from flexprice_client.models.subscription_changes import ChangedResources, ChangedSubscription, SubModifyTrialEndRequest
from flexprice_emulator.subscriptions.lifecycle.ending import share_period
from flexprice_emulator.subscriptions.lifecycle.planning import follow
from flexprice_emulator.subscriptions.lifecycle.trial_end import end_trial
from flexprice_emulator.subscriptions.modifications import changed
from flexprice_emulator.subscriptions.modifications.checks import check_word
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

ACTIONS = ("immediate", "scheduled_date")


def change_trial_end(ctx: Context, row: SubscriptionRow, request: SubModifyTrialEndRequest) -> ChangedResources:
    """Raises ValidationError for a subscription without a running trial, and for a date that does not fit."""
    check_word(request.action, ACTIONS)
    if row.subscription_status != "trialing":
        details = {"status": row.subscription_status, "subscription_id": row.id}
        raise ValidationError("Only trialing subscriptions can have their trial period modified", details)
    if request.action == "immediate":
        invoice = end_trial(ctx, row, ctx.now)
        shown = ChangedSubscription.model_construct(
            id=row.id, action="updated", status="incomplete", trial_end=ctx.now, current_period_end=ctx.now
        )
        return changed.resources(subscriptions=[shown], invoices=[changed.trial_invoice(ctx, invoice)] if invoice else None)
    moment = _moment(ctx, row, request)
    row.current_period_end = moment
    ctx.touch(row)
    ctx.session.flush()
    share_period(ctx, row)
    follow(ctx, row)
    return changed.resources(subscriptions=[changed.subscription(row, "updated", trial_end=moment, current_period_end=moment)])


def _moment(ctx: Context, row: SubscriptionRow, request: SubModifyTrialEndRequest) -> datetime:
    moment = request.new_trial_end
    if moment is None:
        raise ValidationError("new_trial_end is required when action is scheduled_date")
    if moment <= ctx.now:
        details = {"new_trial_end": time_text(moment), "now": time_text(ctx.now)}
        raise ValidationError("To end the trial immediately, use action 'immediate'", details)
    if row.end_date is not None and moment > row.end_date:
        details = {"end_date": time_text(row.end_date), "new_trial_end": time_text(moment)}
        raise ValidationError("The trial cannot end after the subscription", details)
    return moment
