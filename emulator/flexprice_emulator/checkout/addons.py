"""Add-ons that begin to count when they are paid (subscriptions.md §11.5)."""

from flexprice_client.models.checkout import CheckoutSessionResponse
from flexprice_client.models.subscriptions import AddAddonToSubscriptionRequest, CheckoutParams
from flexprice_emulator.checkout.sessions import begin, check, to_response
from flexprice_emulator.checkout.tables import CheckoutSessionRow
from flexprice_emulator.subscriptions.modifications import addons, settlement
from flexprice_emulator.subscriptions.modifications.dry_run import dry_run
from flexprice_emulator.subscriptions.modifications.lines import emit_updated
from flexprice_emulator.subscriptions.tables import AddonAssociationRow, SubscriptionRow
from flexprice_emulator.workspace.context import Context


def open_for(
    ctx: Context, row: SubscriptionRow, request: AddAddonToSubscriptionRequest, terms: CheckoutParams
) -> tuple[AddonAssociationRow, CheckoutSessionResponse]:
    """A pending association, and the session for the rest of the running period. Raises as attaching it would, and as `begin`."""
    check(ctx, row.invoicing_customer_id or row.customer_id, terms)
    request = request.model_copy(update={"start_date": request.start_date or ctx.now})
    with dry_run(ctx):
        tried, lines = addons.attach_unsettled(ctx, row, request)
        shares = addons.shares_of(ctx, row, lines)
        end = tried.end_date
    pending = ctx.add(
        AddonAssociationRow(
            id=ctx.new_id("addon_assoc"),
            entity_id=row.id,
            entity_type="subscription",
            addon_id=request.addon_id,
            cadence=request.cadence or "recurring",
            start_date=request.start_date,
            end_date=end,
            addon_status="pending",
            metadata_=request.metadata,
            **ctx.stamp(),
        )
    )
    wanted = shares if request.proration_behavior == "create_prorations" else []
    invoice = settlement.draft(ctx, row, wanted, pending.id)
    named = {"addon_id": request.addon_id, "addon_association_id": pending.id}
    configuration = {"add_addon_params": {"subscription_id": row.id, "addons": [named]}}
    waiting = {"association_id": pending.id, "request": request.to_wire()}
    return pending, to_response(ctx, begin(ctx, "add_addon", row.id, invoice, terms, configuration, waiting))


def carry_out(ctx: Context, session: CheckoutSessionRow) -> None:
    """The add-on is attached as of when it was asked for; its charge is paid."""
    row = ctx.session.get_one(SubscriptionRow, session.subject_id)
    pending = ctx.session.get_one(AddonAssociationRow, session.waiting["association_id"])
    ctx.session.delete(pending)
    ctx.session.flush()
    request = AddAddonToSubscriptionRequest.model_validate(session.waiting["request"], strict=False)
    addons.attach_unsettled(ctx, row, request, association_id=session.waiting["association_id"])
    emit_updated(ctx, row)


def drop(ctx: Context, session: CheckoutSessionRow) -> None:
    """The association is archived."""
    pending = ctx.session.get_one(AddonAssociationRow, session.waiting["association_id"])
    pending.addon_status, pending.status = "cancelled", "archived"
    ctx.touch(pending)
