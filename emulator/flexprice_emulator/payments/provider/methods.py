"""Cards that the provider keeps (operations.md Payments)."""

from collections.abc import Sequence

from sqlalchemy import select, update

from flexprice_emulator.payments.tables import StoredMethodRow
from flexprice_emulator.workspace.context import Context


def methods(ctx: Context, provider: str, customer_id: str) -> Sequence[StoredMethodRow]:
    """A customer's cards, newest first."""
    query = select(StoredMethodRow).where(StoredMethodRow.provider == provider, StoredMethodRow.customer_id == customer_id)
    return ctx.session.scalars(query.order_by(StoredMethodRow.created_at.desc(), StoredMethodRow.id.desc())).all()


def default_method(ctx: Context, provider: str, customer_id: str) -> StoredMethodRow | None:
    """The card that is charged where none is named."""
    return next((method for method in methods(ctx, provider, customer_id) if method.is_default), None)


def find_method(ctx: Context, provider: str, customer_id: str, method_id: str) -> StoredMethodRow | None:
    """A card of the customer by id."""
    row = ctx.session.get(StoredMethodRow, method_id)
    return row if row is not None and (row.provider, row.customer_id) == (provider, customer_id) else None


def keep_method(ctx: Context, provider: str, customer_id: str, method_id: str, *, make_default: bool) -> StoredMethodRow:
    """Keep a card, once; the first one, or one that is to be, becomes the default."""
    held = ctx.session.get(StoredMethodRow, method_id)
    if held is None:
        first = not methods(ctx, provider, customer_id)
        held = ctx.add(
            StoredMethodRow(id=method_id, provider=provider, customer_id=customer_id, is_default=False, created_at=ctx.now),
        )
        make_default = make_default or first
    if make_default:
        mine = (StoredMethodRow.provider == provider, StoredMethodRow.customer_id == customer_id)
        ctx.session.execute(update(StoredMethodRow).where(*mine).values(is_default=False))
        held.is_default = True
        ctx.session.flush()
    return held
