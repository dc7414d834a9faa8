"""What usage does to alerts, looked at on demand (wallets.md §9.4).

The reference runs this minutes after usage in a job that its shipped configuration switches off; so it is here, but for the asking.
"""

from sqlalchemy import select

from flexprice_emulator.alerts.spend import evaluate_spend
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.wallets.service import active_wallets, after_usage
from flexprice_emulator.wallets.tables import AlertLogRow
from flexprice_emulator.wire.errors import NotFoundError
from flexprice_emulator.workspace.context import Context


def evaluate_usage(ctx: Context, customer_id: str = "") -> list[AlertLogRow]:
    """Look at a customer's wallets and spending, or at everybody's; the new rows of the log, oldest first.

    Wallets only where the environment's alerts are enabled, auto top-up included. Raises NotFoundError.
    """
    query = select(CustomerRow.id).where(CustomerRow.status == "published").order_by(CustomerRow.created_at, CustomerRow.id)
    customers = list(ctx.session.scalars(query.where(CustomerRow.id == customer_id) if customer_id else query))
    if customer_id and not customers:
        raise NotFoundError("Customer not found", {"customer_id": customer_id})
    of_this_instant = select(AlertLogRow).where(AlertLogRow.created_at == ctx.now).order_by(AlertLogRow.id)
    before = {row.id for row in ctx.session.scalars(of_this_instant)}
    for each in customers:
        after_usage(ctx, active_wallets(ctx, each))
    evaluate_spend(ctx, customers)
    return [row for row in ctx.session.scalars(of_this_instant) if row.id not in before]
