"""Who pays, who shares, what is grouped: as far as creation goes (subscriptions.md §12)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from sqlalchemy import select

from flexprice_client.models.subscriptions import SubscriptionInheritanceConfig
from flexprice_emulator.customers.service import get_row_by_external_id
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.subscriptions.reads import get_row
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.wire.errors import NotFoundError, ValidationError
from flexprice_emulator.workspace.context import Context

# What an inheriting subscription does not take over from its parent.
_OWN = frozenset({"id", "status", "created_at", "updated_at", "created_by", "updated_by", "lookup_key", "invoicing_customer_id"})
_LIVE = ("active", "draft", "trialing")
_EXCLUSIVE = (
    "external_customer_ids_to_inherit_subscription",
    "parent_subscription_id",
    "subscriptions_ids_for_grouped_invoicing",
    "grouped_invoicing_children_to_create",
)


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """What a creation asked for, looked up."""

    invoicing_customer: CustomerRow | None = None
    parent: SubscriptionRow | None = None
    heirs: Sequence[CustomerRow] = field(default=())
    grouped: Sequence[SubscriptionRow] = field(default=())

    @property
    def subscription_type(self) -> str:
        """The new subscription's type."""
        return "parent" if self.heirs or self.grouped else "standalone"


def prepare(ctx: Context, customer: CustomerRow, config: SubscriptionInheritanceConfig | None) -> Hierarchy:
    """Look everything up. Raises ValidationError for combinations that exclude each other, NotFoundError."""
    refuse_heir(ctx, customer.id)
    if config is None:
        return Hierarchy()
    for one, other in combinations(_EXCLUSIVE, 2):
        if getattr(config, one) and getattr(config, other):
            raise ValidationError(f"{one} and {other} cannot be used together")
    payer = get_row_by_external_id(ctx, config.invoicing_customer_external_id) if config.invoicing_customer_external_id else None
    parent = get_row(ctx, config.parent_subscription_id) if config.parent_subscription_id else None
    named = dict.fromkeys(config.external_customer_ids_to_inherit_subscription or ())
    heirs = [find_heir(ctx, customer, external_id) for external_id in named]
    grouped = [get_row(ctx, identity) for identity in config.subscriptions_ids_for_grouped_invoicing or ()]
    return Hierarchy(payer, parent, heirs, grouped)


def refuse_heir(ctx: Context, customer_id: str) -> None:
    """Raises ValidationError for a customer that has a subscription by inheritance."""
    query = select(SubscriptionRow.id).where(
        SubscriptionRow.customer_id == customer_id,
        SubscriptionRow.subscription_type == "inherited",
        SubscriptionRow.status == "published",
        SubscriptionRow.subscription_status.in_(_LIVE),
    )
    if ctx.session.scalar(query.limit(1)) is not None:
        raise ValidationError(
            "A customer that receives a subscription through hierarchy cannot create a standalone, parent, or delegated subscription.",
            {"customer_id": customer_id},
        )


def add_heirs(ctx: Context, parent: SubscriptionRow, heirs: Sequence[CustomerRow]) -> list[SubscriptionRow]:
    """A subscription without lines for each customer, with the parent's terms."""
    return [ctx.add(_inherited(ctx, parent, customer)) for customer in heirs]


def group(ctx: Context, parent: SubscriptionRow, children: Sequence[SubscriptionRow]) -> None:
    """Bill children on the parent's invoices. Raises ValidationError for one that does not fit."""
    for child in children:
        _check_groupable(parent, child)
        child.subscription_type = "grouped_invoicing"
        child.parent_subscription_id = parent.id
        ctx.touch(child)
    if children:
        parent.subscription_type = "parent"
    ctx.session.flush()


def find_heir(ctx: Context, owner: CustomerRow, external_id: str) -> CustomerRow:
    """A customer that can inherit a subscription. Raises NotFoundError, ValidationError for one that has subscriptions."""
    query = select(CustomerRow).where(CustomerRow.external_id == external_id, CustomerRow.status == "published")
    customer = ctx.session.scalar(query)
    if customer is None:
        raise NotFoundError("No customer exists for the given external id in this environment", {"external_id": external_id})
    if customer.id == owner.id:
        raise ValidationError("A customer cannot inherit its own subscription", {"external_id": external_id})
    own = select(SubscriptionRow.id).where(
        SubscriptionRow.customer_id == customer.id,
        SubscriptionRow.status == "published",
        SubscriptionRow.subscription_status.in_(_LIVE),
    )
    if ctx.session.scalar(own.limit(1)) is not None:
        raise ValidationError("A customer with subscriptions of its own cannot inherit one", {"external_id": external_id})
    return customer


def _inherited(ctx: Context, parent: SubscriptionRow, customer: CustomerRow) -> SubscriptionRow:
    keys = [attribute.key for attribute in SubscriptionRow.__mapper__.column_attrs if attribute.key not in _OWN]
    columns = {key: getattr(parent, key) for key in keys}
    columns |= {"customer_id": customer.id, "subscription_type": "inherited", "parent_subscription_id": parent.id}
    return SubscriptionRow(id=ctx.new_id("subs"), lookup_key="", **columns, **ctx.stamp())


def _check_groupable(parent: SubscriptionRow, child: SubscriptionRow) -> None:
    details = {"subscription_id": child.id}
    if child.subscription_type != "standalone" or child.parent_subscription_id:
        raise ValidationError("Only standalone subscriptions without a parent can be grouped", details)
    if child.subscription_status not in ("active", "trialing"):
        raise ValidationError("Only active or trialing subscriptions can be grouped", details)
    for name in ("billing_period", "billing_period_count", "currency"):
        if getattr(child, name) != getattr(parent, name):
            raise ValidationError(f"Grouped subscriptions must have the parent's {name}", details)
    if (child.billing_anchor.day, child.billing_anchor.time()) != (parent.billing_anchor.day, parent.billing_anchor.time()):
        raise ValidationError("Grouped subscriptions must have the parent's billing anchor", details)
    if child.start_date < parent.start_date:
        raise ValidationError("Grouped subscriptions cannot start before the parent", details)
