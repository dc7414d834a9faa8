"""What usage does to alerts (wallets.md §9.4).

The reference runs this minutes after usage, where its configuration has it; here it is due work, done at once, and may be asked for.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from flexprice_emulator.alerts.exhaustion import evaluate_quotas
from flexprice_emulator.alerts.spend import evaluate_spend
from flexprice_emulator.alerts.watch import KIND
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.wallets.service import active_wallets, after_usage
from flexprice_emulator.wallets.tables import AlertLogRow
from flexprice_emulator.wire.errors import NotFoundError
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.due_kinds import due_kind


@due_kind(KIND)
def look(ctx: Context, subject: dict[str, Any]) -> None:
    """A customer has used something. Nothing happens for one that is unknown."""
    _evaluate(ctx, _charged_for(ctx, subject["external_customer_id"]))


def evaluate_usage(ctx: Context, customer_id: str = "") -> list[AlertLogRow]:
    """Look at a customer's wallets, spending and quotas, or at everybody's; the new rows of the log, oldest first.

    Wallets only where the environment's alerts are enabled, auto top-up included. Raises NotFoundError.
    """
    query = select(CustomerRow.id).where(CustomerRow.status == "published").order_by(CustomerRow.created_at, CustomerRow.id)
    customers = list(ctx.session.scalars(query.where(CustomerRow.id == customer_id) if customer_id else query))
    if customer_id and not customers:
        raise NotFoundError("Customer not found", {"customer_id": customer_id})
    of_this_instant = select(AlertLogRow).where(AlertLogRow.created_at == ctx.now).order_by(AlertLogRow.id)
    before = {row.id for row in ctx.session.scalars(of_this_instant)}
    _evaluate(ctx, customers)
    return [row for row in ctx.session.scalars(of_this_instant) if row.id not in before]


def _evaluate(ctx: Context, customer_ids: Sequence[str]) -> None:
    for each in customer_ids:
        after_usage(ctx, active_wallets(ctx, each))
    if customer_ids:
        evaluate_spend(ctx, customer_ids)
        evaluate_quotas(ctx, customer_ids)


def _charged_for(ctx: Context, external_id: str) -> list[str]:
    """The customer, and those whose subscriptions it inherits: they are charged for its usage."""
    heir, parent = aliased(SubscriptionRow), aliased(SubscriptionRow)
    own = select(CustomerRow.id).where(CustomerRow.external_id == external_id, CustomerRow.status == "published")
    charged = (
        select(parent.customer_id)
        .join(heir, heir.parent_subscription_id == parent.id)
        .where(heir.customer_id.in_(own), heir.subscription_type == "inherited", heir.status == "published")
    )
    query = select(CustomerRow.id).where(or_(CustomerRow.id.in_(own), CustomerRow.id.in_(charged)))
    return list(ctx.session.scalars(query.order_by(CustomerRow.created_at, CustomerRow.id)))
