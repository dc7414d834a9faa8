"""More units that count when they are paid (subscriptions.md §11.3)."""

from typing import Any

from flexprice_client.models.checkout import CheckoutSessionResponse
from flexprice_client.models.subscription_changes import SubModifyQuantityChangeRequest
from flexprice_client.models.subscriptions import CheckoutParams
from flexprice_emulator.checkout.sessions import begin, check, to_response
from flexprice_emulator.checkout.tables import CheckoutSessionRow
from flexprice_emulator.subscriptions.modifications import settlement
from flexprice_emulator.subscriptions.modifications.dry_run import dry_run
from flexprice_emulator.subscriptions.modifications.lines import emit_updated
from flexprice_emulator.subscriptions.modifications.quantity import planned, replace_lines
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.workspace.context import Context


def open_for(ctx: Context, row: SubscriptionRow, request: SubModifyQuantityChangeRequest, terms: CheckoutParams) -> CheckoutSessionResponse:
    """The session for what the change costs in the running period. Raises as the change would, and as `begin`."""
    check(ctx, row.invoicing_customer_id or row.customer_id, terms)
    shares: list[settlement.Share] = []
    fixed: list[dict[str, Any]] = []
    with dry_run(ctx):
        for change in planned(ctx, row, request):
            shares += [change.share] if change.share is not None else []
            fixed.append({"id": change.line.id, "quantity": change.quantity, "effective_date": change.effective})
            replace_lines(ctx, change)
    invoice = settlement.draft(ctx, row, shares, ctx.new_id("checkout"))
    items = [{"line_item_id": item["id"], "quantity": item["quantity"], "effective_date": item["effective_date"]} for item in fixed]
    configuration = {"modify_subscription_params": {"subscription_id": row.id, "line_item_modifications": items}}
    waiting = {"line_items": fixed}
    return to_response(ctx, begin(ctx, "modify_subscription", row.id, invoice, terms, configuration, waiting))


def carry_out(ctx: Context, session: CheckoutSessionRow) -> None:
    """The quantities change as of when it was asked for; the charge is paid."""
    row = ctx.session.get_one(SubscriptionRow, session.subject_id)
    request = SubModifyQuantityChangeRequest.model_validate({"line_items": session.waiting["line_items"]}, strict=False)
    for change in planned(ctx, row, request):
        replace_lines(ctx, change)
    ctx.session.flush()
    emit_updated(ctx, row)


def drop(ctx: Context, session: CheckoutSessionRow) -> None:
    """Nothing was changed."""
