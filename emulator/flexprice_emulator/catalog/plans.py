"""Plans."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, func, select

from flexprice_client.models.plans import CreatePlanRequest, ListPlansResponse, PlanFilter, PlanResponse, UpdatePlanRequest
from flexprice_emulator.catalog.belongings import EVERYTHING, Belongings, belongings
from flexprice_emulator.catalog.tables import PlanRow
from flexprice_emulator.wire.errors import AlreadyExistsError, InvalidOperationError, NotFoundError
from flexprice_emulator.wire.listing import ListSpec, expand_names, page
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.sql import json_text

LIST_HINT = "Invalid filter parameters"
LIST = ListSpec(PlanRow, limit_hint=LIST_HINT, unknown_field_hint="Failed to list plans")
ENTITY_TYPE = "PLAN"


def create(ctx: Context, request: CreatePlanRequest) -> PlanResponse:
    """A new, empty plan. Raises AlreadyExistsError for a lookup_key in use."""
    plan_id = ctx.new_id("plan")
    _check_lookup_key(ctx, request.lookup_key, plan_id, request.name)
    row = ctx.add(
        PlanRow(
            id=plan_id,
            name=request.name,
            lookup_key=request.lookup_key,
            description=request.description,
            display_order=request.display_order or 0,
            metadata_=request.metadata,
            **ctx.stamp(),
        )
    )
    return to_response(ctx, row)


def get_row(ctx: Context, plan_id: str) -> PlanRow:
    """A plan of any status. Raises NotFoundError."""
    row = ctx.session.get(PlanRow, plan_id)
    if row is None:
        raise NotFoundError(f"Plan with ID {plan_id} was not found", {"plan_id": plan_id})
    return row


def update(ctx: Context, row: PlanRow, request: UpdatePlanRequest) -> PlanResponse:
    """Changes what is given. Raises AlreadyExistsError for a lookup_key in use."""
    if request.lookup_key:
        _check_lookup_key(ctx, request.lookup_key, row.id, request.name or row.name)
    for name, value in request.model_dump(exclude={"metadata"}, exclude_none=True).items():
        setattr(row, name, value)
    if request.metadata is not None:
        row.metadata_ = request.metadata
    ctx.touch(row)
    ctx.session.flush()
    return to_response(ctx, row)


def archive(ctx: Context, row: PlanRow) -> None:
    """Archive a plan. Raises InvalidOperationError while subscriptions are on it."""
    # Subscriptions import plans.
    from flexprice_emulator.subscriptions.tables import SubscriptionRow

    live = (
        select(func.count())
        .select_from(SubscriptionRow)
        .where(
            SubscriptionRow.plan_id == row.id,
            SubscriptionRow.status == "published",
            SubscriptionRow.subscription_status.in_(("active", "trialing")),
        )
    )
    if ctx.session.scalar(live):
        raise InvalidOperationError(
            "Plan is still associated with subscriptions. Please remove the plan from all subscriptions first", {"plan_id": row.id}
        )
    row.status = "archived"
    ctx.touch(row)


def search(ctx: Context, wanted: PlanFilter) -> ListPlansResponse:
    """A page of plans; expanded prices are those that have not ended."""
    expanded = expand_names(LIST, wanted.expand)
    found = page(ctx, LIST, wanted, *_clauses(wanted))
    held = belongings(ctx, ENTITY_TYPE, [row.id for row in found.rows], expanded, ended=False)
    return found.response([to_response(ctx, row, held[row.id]) for row in found.rows])


def read(ctx: Context, row: PlanRow, expand: Iterable[str] = EVERYTHING) -> PlanResponse:
    """A plan with all that belongs to it, ended prices included."""
    return read_all(ctx, [row], expand)[0]


def read_all(ctx: Context, rows: Sequence[PlanRow], expand: Iterable[str] = EVERYTHING) -> list[PlanResponse]:
    """Plans with what belongs to them, in one query a kind."""
    held = belongings(ctx, ENTITY_TYPE, list(dict.fromkeys(row.id for row in rows)), expand)
    return [to_response(ctx, row, held[row.id]) for row in rows]


def to_response(ctx: Context, row: PlanRow, held: Belongings | None = None) -> PlanResponse:
    """The wire's plan."""
    if held is None:
        return present(ctx, PlanResponse, row)
    return present(ctx, PlanResponse, row, prices=held.prices, entitlements=held.entitlements, credit_grants=held.credit_grants)


def published_by_lookup_key(ctx: Context, lookup_key: str) -> PlanRow | None:
    """The plan that has the key now."""
    return ctx.session.scalar(select(PlanRow).where(PlanRow.lookup_key == lookup_key, PlanRow.status == "published"))


def _check_lookup_key(ctx: Context, lookup_key: str, plan_id: str, name: str) -> None:
    taken = published_by_lookup_key(ctx, lookup_key) if lookup_key else None
    if taken is not None and taken.id != plan_id:
        raise AlreadyExistsError("Plan with this name already exists", {"plan_id": plan_id, "plan_name": name})


def _clauses(wanted: PlanFilter) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    if wanted.plan_ids:
        clauses.append(PlanRow.id.in_(wanted.plan_ids))
    if wanted.lookup_key:
        clauses.append(PlanRow.lookup_key == wanted.lookup_key)
    for key, value in (wanted.metadata or {}).items():
        clauses.append(json_text(PlanRow.metadata_, key) == value)
    return clauses
