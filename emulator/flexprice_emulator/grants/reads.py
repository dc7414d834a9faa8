"""Credit grants as they are found and shown. No other domain's behaviour is needed for that, so any of them can ask here."""

from collections.abc import Sequence

from sqlalchemy import select

from flexprice_client.models.base import Pagination
from flexprice_client.models.credit_grants import CreditGrantResponse, ListCreditGrantsResponse
from flexprice_emulator.grants.tables import CreditGrantRow
from flexprice_emulator.wire.errors import NotFoundError
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

_OWNER = {"PLAN": CreditGrantRow.plan_id, "ADDON": CreditGrantRow.addon_id, "SUBSCRIPTION": CreditGrantRow.subscription_id}


def get_row(ctx: Context, grant_id: str) -> CreditGrantRow:
    """A grant of any status. Raises NotFoundError."""
    row = ctx.session.get(CreditGrantRow, grant_id)
    if row is None:
        raise NotFoundError("Credit grant not found", {"id": grant_id})
    return row


def published_of(ctx: Context, scope: str, owner_ids: Sequence[str]) -> list[CreditGrantRow]:
    """The published grants of plans, add-ons or subscriptions, newest first."""
    query = select(CreditGrantRow).where(_OWNER[scope].in_(owner_ids), CreditGrantRow.scope == scope, CreditGrantRow.status == "published")
    return list(ctx.session.scalars(query.order_by(CreditGrantRow.created_at.desc(), CreditGrantRow.id.desc())))


def list_of(ctx: Context, scope: str, owner_id: str) -> ListCreditGrantsResponse:
    """All of one plan's or add-on's, unpaged: the page shows limit 0."""
    items = [to_response(ctx, row) for row in published_of(ctx, scope, [owner_id])]
    pagination = Pagination.model_construct(total=len(items), limit=0, offset=0)
    return ListCreditGrantsResponse.model_construct(items=items, pagination=pagination)


def to_response(ctx: Context, row: CreditGrantRow) -> CreditGrantResponse:
    """The wire's grant."""
    return present(ctx, CreditGrantResponse, row)


def of_owners(ctx: Context, scope: str, owner_ids: Sequence[str]) -> dict[str, list[CreditGrantResponse]]:
    """The published grants by owner, newest first, in one query."""
    found: dict[str, list[CreditGrantResponse]] = {identity: [] for identity in owner_ids}
    for row in published_of(ctx, scope, owner_ids):
        found[getattr(row, _OWNER[scope].key)].append(to_response(ctx, row))
    return found
