"""`POST /subscriptions/{id}/modify`: one typed modification, tried or done (subscriptions.md §11.3)."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from flexprice_client.models.subscription_changes import (
    ChangedResources,
    ExecuteSubscriptionModifyRequest,
    SubModifyAddonParams,
    SubModifyQuantityChangeRequest,
)
from flexprice_client.models.subscriptions import CheckoutParams, SubscriptionResponse
from flexprice_emulator.subscriptions.modifications import addons, changed
from flexprice_emulator.subscriptions.modifications.checks import ADD_OR_REMOVE, check_word
from flexprice_emulator.subscriptions.modifications.coupons import change_coupons
from flexprice_emulator.subscriptions.modifications.dry_run import dry_run
from flexprice_emulator.subscriptions.modifications.grouping import change_group
from flexprice_emulator.subscriptions.modifications.inheritance import change_heirs
from flexprice_emulator.subscriptions.modifications.lines import emit_updated
from flexprice_emulator.subscriptions.modifications.quantity import change_quantities
from flexprice_emulator.subscriptions.modifications.taxes import change_taxes
from flexprice_emulator.subscriptions.modifications.trial import change_trial_end
from flexprice_emulator.subscriptions.reads import full_response, get_row
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.wire.errors import UNEXPECTED, ValidationError
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

Shown = Literal["full", "terms", "nothing"]


class _Kind(NamedTuple):
    """How a type is done, and how much of the subscription its answer shows."""

    act: Callable[[Context, SubscriptionRow, Any], ChangedResources]
    shown: Shown = "full"


def _change_addons(ctx: Context, row: SubscriptionRow, request: SubModifyAddonParams) -> ChangedResources:
    check_word(request.action, ADD_OR_REMOVE)
    if request.action == "add":
        if request.add is None:
            raise ValidationError(UNEXPECTED)
        _, lines = addons.attach(ctx, row, request.add)
        return changed.resources([changed.line(line, "created") for line in lines])
    if request.remove is None:
        raise ValidationError(UNEXPECTED)
    association = addons.get_association(ctx, request.remove.addon_association_id)
    if association.entity_id != row.id:
        raise ValidationError("The addon does not belong to this subscription", {"addon_association_id": association.id})
    return changed.resources([changed.line(line, "ended") for line in addons.detach(ctx, row, association, request.remove)])


_KINDS: dict[str, _Kind] = {
    "inheritance": _Kind(change_heirs),
    "quantity_change": _Kind(change_quantities),
    "grouped_invoicing": _Kind(change_group, "nothing"),
    "trial_end": _Kind(change_trial_end, "nothing"),
    "coupon": _Kind(change_coupons, "terms"),
    "tax": _Kind(change_taxes),
    "addon": _Kind(_change_addons),
}


def execute(ctx: Context, subscription_id: str, request: ExecuteSubscriptionModifyRequest) -> dict[str, Any]:
    """Do it. Raises ValidationError, NotFoundError."""
    kind, params = _wanted(request)
    row = get_row(ctx, subscription_id)
    if request.checkout is not None:
        return _answer(ctx, row, kind.shown, changed.resources([])) | {"checkout_session": _pay_first(ctx, row, params, request.checkout)}
    done = kind.act(ctx, row, params)
    if request.type != "grouped_invoicing":
        emit_updated(ctx, row)
    return _answer(ctx, row, kind.shown, done)


def preview(ctx: Context, subscription_id: str, request: ExecuteSubscriptionModifyRequest) -> dict[str, Any]:
    """What it would do; nothing is kept. Raises as `execute`."""
    kind, params = _wanted(request)
    row = get_row(ctx, subscription_id)
    with dry_run(ctx):
        done = kind.act(ctx, row, params)
    if request.type == "trial_end":
        done.invoices = None
    row = get_row(ctx, subscription_id)
    return _answer(ctx, row, kind.shown, changed.as_preview(done))


def _pay_first(ctx: Context, row: SubscriptionRow, params: object, terms: CheckoutParams) -> dict[str, Any]:
    """The session that a change waits for; more units and new add-ons only."""
    # A checkout carries out modifications in its turn.
    from flexprice_emulator.checkout import addons as paid_addons
    from flexprice_emulator.checkout import quantities as paid_quantities

    if isinstance(params, SubModifyQuantityChangeRequest):
        return paid_quantities.open_for(ctx, row, params, terms).to_wire()
    if isinstance(params, SubModifyAddonParams) and params.action == "add" and params.add is not None:
        return paid_addons.open_for(ctx, row, params.add, terms)[1].to_wire()
    raise ValidationError("Checkout is only supported for quantity_change and for adding an addon")


def _wanted(request: ExecuteSubscriptionModifyRequest) -> tuple[_Kind, object]:
    check_word(request.type, tuple(_KINDS))
    params = getattr(request, f"{request.type}_params")
    if params is None:
        raise ValidationError(UNEXPECTED)
    return _KINDS[request.type], params


def _answer(ctx: Context, row: SubscriptionRow, shown: Shown, done: ChangedResources) -> dict[str, Any]:
    """A SubscriptionModifyResponse as JSON."""
    subscription = None
    if shown == "full":
        subscription = full_response(ctx, row)
    elif shown == "terms":
        subscription = present(ctx, SubscriptionResponse, row).to_wire()
    return {"subscription": subscription, "changed_resources": done.to_wire()}
