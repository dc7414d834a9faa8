"""Groups of prices or of features."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, select, update

from flexprice_client.models.groups import CreateGroupRequest, GroupFilter, GroupResponse, ListGroupsResponse
from flexprice_emulator.catalog.expansion import rows_by_id
from flexprice_emulator.catalog.tables import FeatureRow, GroupRow, PriceRow
from flexprice_emulator.wire.errors import DatabaseError, NotFoundError, ValidationError
from flexprice_emulator.wire.listing import ListSpec, page
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.sql import holds_text

LIST_HINT = "Invalid filter parameters"
ENTITY_TYPES = ("price", "feature")
LIST = ListSpec(GroupRow, zero_limit="refuse", limit_hint=LIST_HINT, conditions_checked=True, unknown_field_hint="Failed to list groups")


def create(ctx: Context, request: CreateGroupRequest) -> GroupResponse:
    """A new, empty group. A used lookup_key is a 500 database_error, as in the reference (wire.md §6)."""
    if request.entity_type not in ENTITY_TYPES:
        raise ValidationError(f"Unsupported entity type: {request.entity_type}", {"allowed_types": list(ENTITY_TYPES)})
    taken = select(GroupRow.id).where(GroupRow.lookup_key == request.lookup_key, GroupRow.status == "published")
    if ctx.session.scalar(taken) is not None:
        raise DatabaseError("Failed to create group")
    row = ctx.add(
        GroupRow(
            id=ctx.new_id("group"),
            name=request.name,
            lookup_key=request.lookup_key,
            entity_type=request.entity_type,
            metadata_=request.metadata,
            **ctx.stamp(),
        )
    )
    return present(ctx, GroupResponse, row, entity_ids=[])


def get_row(ctx: Context, group_id: str) -> GroupRow:
    """A group of any status. Raises NotFoundError."""
    row = ctx.session.get(GroupRow, group_id)
    if row is None:
        raise NotFoundError("Group not found")
    return row


def archive(ctx: Context, row: GroupRow) -> None:
    """Archive a group and let its members go; a second time changes nothing."""
    if row.status != "published":
        return
    for table in (PriceRow, FeatureRow):
        ctx.session.execute(update(table).where(table.group_id == row.id).values(group_id="", updated_at=ctx.now, updated_by=ctx.user_id))
    row.status = "archived"
    ctx.touch(row)


def search(ctx: Context, wanted: GroupFilter) -> ListGroupsResponse:
    """A page of groups."""
    clauses: list[ColumnElement[bool]] = []
    if wanted.group_ids:
        clauses.append(GroupRow.id.in_(wanted.group_ids))
    if wanted.entity_type:
        clauses.append(GroupRow.entity_type == wanted.entity_type)
    if wanted.lookup_key:
        clauses.append(GroupRow.lookup_key == wanted.lookup_key)
    if wanted.name:
        clauses.append(holds_text(GroupRow.name, wanted.name))
    found = page(ctx, LIST, wanted, *clauses)
    return found.response([to_response(ctx, row) for row in found.rows])


def to_response(ctx: Context, row: GroupRow) -> GroupResponse:
    """The wire's group; its members are never listed (null)."""
    return present(ctx, GroupResponse, row, entity_ids=None)


def check_membership(ctx: Context, group_id: str, entity_type: str) -> None:
    """Raises ValidationError unless the group is published and takes this kind of member."""
    row = ctx.session.get(GroupRow, group_id)
    if row is None or row.status != "published":
        raise ValidationError("Some groups not found")
    if row.entity_type != entity_type:
        raise ValidationError(f"Group must be of type: {entity_type}", {"entity_type": entity_type, "group_id": group_id})


def responses(ctx: Context, group_ids: Iterable[str]) -> dict[str, GroupResponse]:
    """The wire's groups by id, those that exist."""
    return {identity: to_response(ctx, row) for identity, row in rows_by_id(ctx, GroupRow, group_ids).items()}
