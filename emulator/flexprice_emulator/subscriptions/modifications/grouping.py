"""Putting running subscriptions on another's invoices, and taking them off (subscriptions.md §11.3, §12)."""

from flexprice_client.models.subscription_changes import ChangedResources, SubModifyGroupedInvoicingParams
from flexprice_emulator.subscriptions.hierarchy import group
from flexprice_emulator.subscriptions.lifecycle.grouped import leave
from flexprice_emulator.subscriptions.lifecycle.planning import follow
from flexprice_emulator.subscriptions.modifications import changed
from flexprice_emulator.subscriptions.modifications.checks import ADD_OR_REMOVE, check_word
from flexprice_emulator.subscriptions.modifications.lines import emit_updated
from flexprice_emulator.subscriptions.reads import get_row
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context


def change_group(ctx: Context, row: SubscriptionRow, request: SubModifyGroupedInvoicingParams) -> ChangedResources:
    """Group or ungroup the named subscriptions; each is told as updated. Raises ValidationError, NotFoundError."""
    check_word(request.action, ADD_OR_REMOVE)
    if not request.child_subscription_ids:
        raise ValidationError("child_subscription_ids is required")
    parent = get_row(ctx, request.parent_subscription_id) if request.parent_subscription_id else row
    children = [get_row(ctx, identity) for identity in dict.fromkeys(request.child_subscription_ids)]
    if request.action == "add":
        _check_parent(parent, children)
        group(ctx, parent, children)
    else:
        for child in children:
            _ungroup(ctx, parent, child)
    for child in children:
        follow(ctx, child)
        emit_updated(ctx, child)
    return changed.resources(subscriptions=[changed.subscription(child, "updated") for child in children])


def _check_parent(parent: SubscriptionRow, children: list[SubscriptionRow]) -> None:
    details = {"subscription_id": parent.id}
    if parent.subscription_type not in ("standalone", "parent"):
        raise ValidationError("The parent must be a standalone or parent subscription", details)
    if parent.subscription_status not in ("active", "trialing"):
        raise ValidationError("The parent must be an active or trialing subscription", details)
    if any(child.id == parent.id for child in children):
        raise ValidationError("A subscription cannot be grouped under itself", details)


def _ungroup(ctx: Context, parent: SubscriptionRow, child: SubscriptionRow) -> None:
    if child.subscription_type != "grouped_invoicing" or child.parent_subscription_id != parent.id:
        details = {"parent_subscription_id": parent.id, "subscription_id": child.id}
        raise ValidationError("The subscription is not grouped under this parent", details)
    leave(ctx, child)
