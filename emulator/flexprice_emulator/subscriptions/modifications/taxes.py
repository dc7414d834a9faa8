"""Attaching and detaching taxes (subscriptions.md §11.3). Known oddity: a detached tax has an end, and is applied all the same."""

from flexprice_client.models.subscription_changes import ChangedResources, SubModifyTaxParams
from flexprice_client.models.taxes import CreateTaxAssociationRequest
from flexprice_emulator.subscriptions.modifications import changed
from flexprice_emulator.subscriptions.modifications.checks import ADD_OR_REMOVE, check_word
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.taxes import associations
from flexprice_emulator.taxes.tables import TaxRateRow
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

_PRIORITY = 100


def change_taxes(ctx: Context, row: SubscriptionRow, request: SubModifyTaxParams) -> ChangedResources:
    """Add a rate, or end an association, from `effective_date` (default now) on. Raises ValidationError, NotFoundError."""
    check_word(request.action, ADD_OR_REMOVE)
    if request.action == "add":
        _add(ctx, row, request)
    else:
        _remove(ctx, row, request)
    return changed.resources()


def _add(ctx: Context, row: SubscriptionRow, request: SubModifyTaxParams) -> None:
    rate = ctx.session.get(TaxRateRow, request.tax_rate_id) if request.tax_rate_id else None
    if rate is None or rate.status != "published" or rate.tax_rate_status != "ACTIVE":
        raise ValidationError("Provide a valid, active tax_rate_id", {"tax_rate_id": request.tax_rate_id})
    associations.create(
        ctx,
        CreateTaxAssociationRequest(
            tax_rate_code=rate.code,
            entity_type="subscription",
            entity_id=row.id,
            priority=_PRIORITY,
            auto_apply=True,
            currency=row.currency,
            start_date=request.effective_date or ctx.now,
        ),
    )


def _remove(ctx: Context, row: SubscriptionRow, request: SubModifyTaxParams) -> None:
    if not request.tax_association_id:
        raise ValidationError("tax_association_id is required when action is remove")
    association = associations.get_row(ctx, request.tax_association_id)
    if (association.entity_type, association.entity_id) != ("subscription", row.id):
        raise ValidationError("The tax association does not belong to this subscription", {"tax_association_id": association.id})
    association.end_date = request.effective_date or ctx.now
    ctx.touch(association)
    ctx.session.flush()
