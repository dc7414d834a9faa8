"""Credits to come: applications of the future (subscriptions.md §13.6)."""

from collections.abc import Sequence

from sqlalchemy import select

from flexprice_client.models.base import Pagination
from flexprice_client.models.credit_grants import CreditGrantApplicationResponse, ListCreditGrantApplicationsResponse
from flexprice_emulator.grants import applications
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.wire.errors import NotFoundError
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

_LIVE = ("active", "trialing")


def of_subscription(ctx: Context, subscription_id: str) -> ListCreditGrantApplicationsResponse:
    """Raises NotFoundError unless the subscription is active or trialing."""
    row = ctx.session.get(SubscriptionRow, subscription_id)
    if row is None or row.status != "published" or row.subscription_status not in _LIVE:
        details = {"subscription_id": subscription_id, "subscription_ids": [subscription_id]}
        raise NotFoundError("Please verify the subscription ID is correct", details)
    return _listed(ctx, [subscription_id])


def of_customer(ctx: Context, customer_id: str) -> ListCreditGrantApplicationsResponse:
    """Over a customer's active and trialing subscriptions; an empty list without any."""
    query = select(SubscriptionRow.id).where(
        SubscriptionRow.customer_id == customer_id,
        SubscriptionRow.status == "published",
        SubscriptionRow.subscription_status.in_(_LIVE),
    )
    return _listed(ctx, ctx.session.scalars(query).all())


def _listed(ctx: Context, subscription_ids: Sequence[str]) -> ListCreditGrantApplicationsResponse:
    rows = applications.open_of(ctx, subscription_ids, after=ctx.now)
    items = [present(ctx, CreditGrantApplicationResponse, row) for row in rows]
    pagination = Pagination.model_construct(total=len(items), limit=0, offset=0)
    return ListCreditGrantApplicationsResponse.model_construct(items=items, pagination=pagination)
