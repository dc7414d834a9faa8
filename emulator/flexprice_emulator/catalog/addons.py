"""Add-ons of the catalogue."""

from sqlalchemy import select

from flexprice_client.models.addons import AddonFilter, AddonResponse, CreateAddonRequest, ListAddonsResponse, UpdateAddonRequest
from flexprice_emulator.catalog.belongings import EVERYTHING, Belongings, belongings
from flexprice_emulator.catalog.tables import AddonRow
from flexprice_emulator.wire.errors import UNEXPECTED, AlreadyExistsError, NotFoundError, ValidationError
from flexprice_emulator.wire.listing import ListSpec, expand_names, page
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

LIST_HINT = "Invalid filter parameters"
LIST = ListSpec(AddonRow, zero_limit="refuse", limit_hint=UNEXPECTED, unlimited=True, unknown_field_hint="Failed to list addons")
SEARCH = ListSpec(
    AddonRow,
    zero_limit="refuse",
    limit_hint="Please provide valid query parameters",
    unlimited=True,
    unknown_field_hint="Failed to list addons",
)
ENTITY_TYPE = "ADDON"


def create(ctx: Context, request: CreateAddonRequest) -> AddonResponse:
    """A new, empty add-on. Raises AlreadyExistsError for a lookup_key in use."""
    if _published(ctx, request.lookup_key) is not None:
        raise AlreadyExistsError("Addon with same lookup key already exists", {"lookup_key": request.lookup_key})
    row = ctx.add(
        AddonRow(
            id=ctx.new_id("addon"),
            name=request.name,
            lookup_key=request.lookup_key,
            description=request.description,
            metadata_=request.metadata,
            **ctx.stamp(),
        )
    )
    return to_response(ctx, row)


def get_row(ctx: Context, addon_id: str) -> AddonRow:
    """An add-on of any status. Raises NotFoundError."""
    row = ctx.session.get(AddonRow, addon_id)
    if row is None:
        raise NotFoundError(f"Addon with ID {addon_id} was not found", {"addon_id": addon_id})
    return row


def get_row_by_lookup_key(ctx: Context, lookup_key: str) -> AddonRow:
    """The published add-on of a key. Raises NotFoundError."""
    row = _published(ctx, lookup_key)
    if row is None:
        raise NotFoundError(f"Addon with lookup key {lookup_key} was not found", {"lookup_key": lookup_key})
    return row


def update(ctx: Context, row: AddonRow, request: UpdateAddonRequest) -> AddonResponse:
    """Name, description and metadata."""
    if request.name is not None:
        row.name = request.name
    if request.description is not None:
        row.description = request.description
    if request.metadata is not None:
        row.metadata_ = request.metadata
    ctx.touch(row)
    ctx.session.flush()
    return to_response(ctx, row)


def archive(ctx: Context, row: AddonRow) -> None:
    """Archive an add-on. Raises ValidationError while lines of subscriptions bill it without an end, as observed."""
    # Subscriptions import add-ons.
    from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow

    used = select(SubscriptionLineItemRow.subscription_id).where(
        SubscriptionLineItemRow.entity_type == "addon",
        SubscriptionLineItemRow.entity_id == row.id,
        SubscriptionLineItemRow.status == "published",
        SubscriptionLineItemRow.end_date.is_(None),
    )
    active = ctx.session.scalars(used).all()
    if active:
        raise ValidationError(
            "Addon is currently active on one or more subscriptions. Remove it from all subscriptions before deleting.",
            {"active_line_items_count": len(active), "active_subscriptions_count": len(set(active)), "addon_id": row.id},
        )
    row.status = "archived"
    ctx.touch(row)


def search(ctx: Context, wanted: AddonFilter, spec: ListSpec[AddonRow] = LIST) -> ListAddonsResponse:
    """A page of add-ons; expanded prices are those that have not ended."""
    expanded = expand_names(spec, wanted.expand)
    clauses = []
    if wanted.addon_ids:
        clauses.append(AddonRow.id.in_(wanted.addon_ids))
    if wanted.lookup_keys:
        clauses.append(AddonRow.lookup_key.in_(wanted.lookup_keys))
    found = page(ctx, spec, wanted, *clauses)
    held = belongings(ctx, ENTITY_TYPE, [row.id for row in found.rows], expanded, ended=False)
    return found.response([to_response(ctx, row, held[row.id]) for row in found.rows])


def read(ctx: Context, row: AddonRow) -> AddonResponse:
    """An add-on with all that belongs to it, ended prices included."""
    return to_response(ctx, row, belongings(ctx, ENTITY_TYPE, [row.id], EVERYTHING)[row.id])


def to_response(ctx: Context, row: AddonRow, held: Belongings | None = None) -> AddonResponse:
    """The wire's add-on."""
    if held is None:
        return present(ctx, AddonResponse, row)
    return present(ctx, AddonResponse, row, prices=held.prices, entitlements=held.entitlements, credit_grants=held.credit_grants)


def _published(ctx: Context, lookup_key: str) -> AddonRow | None:
    return ctx.session.scalar(select(AddonRow).where(AddonRow.lookup_key == lookup_key, AddonRow.status == "published"))
