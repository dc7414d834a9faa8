"""What entitlements do (rating.md §4.1, webhooks.md §5)."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from flexprice_client.models.base import Pagination
from flexprice_client.models.catalog import Addon, Plan
from flexprice_client.models.entitlements import (
    CreateEntitlementRequest,
    EntitlementFilter,
    EntitlementResponse,
    ListEntitlementsResponse,
    UpdateEntitlementRequest,
)
from flexprice_emulator.catalog import features, meters
from flexprice_emulator.catalog.expansion import rows_by_id
from flexprice_emulator.catalog.price_owners import owner
from flexprice_emulator.catalog.tables import AddonRow, FeatureRow, PlanRow
from flexprice_emulator.entitlements.rules import ENTITY_TYPES, GRANT_FIELDS, Grant, check_grant, check_mode, check_values
from flexprice_emulator.entitlements.tables import EntitlementRow
from flexprice_emulator.rating.entitlement.model import Entitlement
from flexprice_emulator.wire.binding import check_tags
from flexprice_emulator.wire.errors import AlreadyExistsError, ApiError, NotFoundError, ValidationError
from flexprice_emulator.wire.listing import DEFAULT_LIMIT, ListSpec, expand_names, page
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

LIST_HINT = "Invalid filter parameters"
LIST = ListSpec(EntitlementRow, over_limit="echo", order_checked=False, unlimited=True, unknown_field_hint="Failed to list entitlements")
BULK_LIMIT = 100
_COPIED = tuple(
    attribute.key
    for attribute in EntitlementRow.__mapper__.column_attrs
    if attribute.key not in {"id", "status", "created_at", "updated_at", "created_by", "updated_by"}
)


def create(ctx: Context, request: CreateEntitlementRequest) -> EntitlementResponse:
    """A new entitlement, as the answer of its creation shows it. Raises ValidationError, NotFoundError and AlreadyExistsError."""
    row = create_row(ctx, request)
    # Only this answer repeats the id of an add-on or subscription as plan_id.
    return to_response(ctx, row, {"features", "plans", "addons"}, plan_id=row.entity_id)


def create_bulk(ctx: Context, requests: Sequence[CreateEntitlementRequest]) -> list[EntitlementResponse]:
    """1 to 100 entitlements, all or none; a broken item's place is in `details.index`."""
    if not requests:
        raise ValidationError("Please provide at least one entitlement to create")
    if len(requests) > BULK_LIMIT:
        raise ValidationError(f"Too many entitlements in bulk request, maximum allowed is {BULK_LIMIT}", {"count": len(requests)})
    shown = []
    for index, request in enumerate(requests):
        try:
            check_tags(request)
            shown.append(create(ctx, request))
        except ApiError as error:
            raise type(error)(error.message, {**error.details, "index": index}) from None
    return shown


def create_row(ctx: Context, request: CreateEntitlementRequest) -> EntitlementRow:
    """A new, enabled entitlement: `is_enabled` of the request is ignored, as in the reference (rating.md §4.1)."""
    entity_type = request.entity_type or ("PLAN" if request.plan_id else "")
    entity_id = request.entity_id or request.plan_id
    _check_request(request, entity_type, entity_id)
    owner(ctx, entity_type, entity_id)
    feature = features.get_row(ctx, request.feature_id)
    if feature.type != request.feature_type:
        raise ValidationError(
            f"Expected {feature.type} but got {request.feature_type}", {"expected": feature.type, "actual": request.feature_type}
        )
    if entity_type != "SUBSCRIPTION":
        _check_unique(ctx, entity_type, entity_id, request.feature_id)
    metered = feature.type == "metered"
    if metered:
        _check_meter(ctx, feature)
    row = EntitlementRow(
        id=ctx.new_id("ent"),
        entity_type=entity_type,
        entity_id=entity_id,
        feature_id=feature.id,
        feature_type=feature.type,
        usage_limit=request.usage_limit if metered else None,
        usage_reset_period=request.usage_reset_period if metered else "",
        is_soft_limit=request.is_soft_limit,
        static_value=request.static_value,
        config_value=request.config_value,
        parent_entitlement_id=request.parent_entitlement_id,
        start_date=request.start_date,
        end_date=request.end_date,
        aggregation_mode=request.aggregation_mode or "additive",
        **{name: getattr(request, name) for name in GRANT_FIELDS},
        **ctx.stamp(),
    )
    ctx.add(row)
    _tell(ctx, "entitlement.created", row)
    return row


def copy(ctx: Context, source: EntitlementRow, **changes: Any) -> EntitlementRow:
    """A new entitlement with the source's columns but for `changes`."""
    values = {name: getattr(source, name) for name in _COPIED} | changes
    row = ctx.add(EntitlementRow(id=ctx.new_id("ent"), **values, **ctx.stamp()))
    _tell(ctx, "entitlement.created", row)
    return row


def get_row(ctx: Context, entitlement_id: str) -> EntitlementRow:
    """An entitlement of any status. Raises NotFoundError."""
    row = ctx.session.get(EntitlementRow, entitlement_id)
    if row is None:
        raise NotFoundError(f"Entitlement with ID {entitlement_id} was not found", {"entitlement_id": entitlement_id})
    return row


def update(ctx: Context, row: EntitlementRow, request: UpdateEntitlementRequest) -> EntitlementResponse:
    """Changes what is given; a limit that is set cannot be taken away again. Raises ValidationError."""
    check_mode(request.aggregation_mode)
    # The request's own values: dumped ones are texts.
    given = {name: value for name, value in request if name != "clear_grant_config" and value is not None and value != ""}
    if request.clear_grant_config:
        given = {name: value for name, value in given.items() if name not in GRANT_FIELDS}
        given |= {name: None if name in ("grant_quota", "grant_duration_value") else "" for name in GRANT_FIELDS}
    for name, value in given.items():
        setattr(row, name, value)
    check_values(
        row.feature_type,
        usage_limit=row.usage_limit,
        usage_reset_period=row.usage_reset_period,
        static_value=row.static_value,
        config_value=row.config_value,
    )
    check_grant(Grant.of(row), row.feature_type)
    ctx.touch(row)
    ctx.session.flush()
    _tell(ctx, "entitlement.updated", row)
    return to_response(ctx, row)


def archive(ctx: Context, row: EntitlementRow) -> None:
    """Archive an entitlement; a second time changes nothing."""
    if row.status != "published":
        return
    row.status = "archived"
    ctx.touch(row)
    _tell(ctx, "entitlement.deleted", row)


def search(ctx: Context, wanted: EntitlementFilter) -> ListEntitlementsResponse:
    """A page of entitlements."""
    expanded = expand_names(LIST, wanted.expand)
    if wanted.limit is not None and wanted.limit < 0:
        # A negative limit is the default here (wire.md §5).
        wanted = wanted.model_copy(update={"limit": DEFAULT_LIMIT})
    found = page(ctx, LIST, wanted, *_clauses(wanted))
    return found.response(to_responses(ctx, found.rows, expanded))


def list_of_entity(ctx: Context, entity_type: str, entity_id: str) -> ListEntitlementsResponse:
    """All of one plan's or add-on's, newest first, unpaged: the page shows limit 0."""
    items = of_entities(ctx, entity_type, [entity_id], {"features", "meters"})
    pagination = Pagination.model_construct(total=len(items), limit=0, offset=0)
    return ListEntitlementsResponse.model_construct(items=items, pagination=pagination)


def rows_of(ctx: Context, entity_type: str, entity_ids: Sequence[str]) -> list[EntitlementRow]:
    """The published entitlements of these entities, newest first."""
    query = select(EntitlementRow).where(
        EntitlementRow.entity_type == entity_type, EntitlementRow.entity_id.in_(entity_ids), EntitlementRow.status == "published"
    )
    return list(ctx.session.scalars(query.order_by(EntitlementRow.created_at.desc(), EntitlementRow.id.desc())))


def of_entities(ctx: Context, entity_type: str, entity_ids: Sequence[str], expand: Iterable[str]) -> list[EntitlementResponse]:
    """As rows_of, as the wire shows them."""
    return to_responses(ctx, rows_of(ctx, entity_type, entity_ids), expand)


def to_response(ctx: Context, row: EntitlementRow, expand: Iterable[str] = (), *, plan_id: str | None = None) -> EntitlementResponse:
    """The wire's entitlement; `expand` as in to_responses."""
    shown = to_responses(ctx, [row], expand)[0]
    if plan_id is not None:
        shown.plan_id = plan_id
    return shown


def to_responses(ctx: Context, rows: Sequence[EntitlementRow], expand: Iterable[str] = ()) -> list[EntitlementResponse]:
    """Entitlements in the order given; `expand` of features (with their meters where `meters` is asked too), plans, addons."""
    wanted = frozenset(expand)
    inside = {"meters"} if wanted & {"meters", "features.meters"} else set()
    held_features = features.responses(ctx, (row.feature_id for row in rows), inside) if "features" in wanted else {}
    plans = rows_by_id(ctx, PlanRow, (r.entity_id for r in rows if r.entity_type == "PLAN")) if "plans" in wanted else {}
    addons = rows_by_id(ctx, AddonRow, (r.entity_id for r in rows if r.entity_type == "ADDON")) if "addons" in wanted else {}
    shown = []
    for row in rows:
        extra: dict[str, Any] = {"plan_id": row.entity_id if row.entity_type == "PLAN" else ""}
        if row.feature_id in held_features:
            extra["feature"] = held_features[row.feature_id]
        if row.entity_id in plans:
            extra["plan"] = present(ctx, Plan, plans[row.entity_id])
        if row.entity_id in addons:
            extra["addon"] = present(ctx, Addon, addons[row.entity_id])
        shown.append(present(ctx, EntitlementResponse, row, **extra))
    return shown


def rating_entitlement(row: EntitlementRow, meter_id: str | None) -> Entitlement:
    """The entitlement as rating reads it; `meter_id` is its feature's."""
    return Entitlement(
        id=row.id,
        feature_id=row.feature_id,
        feature_type=row.feature_type,
        meter_id=meter_id or None,
        usage_limit=row.usage_limit,
        usage_reset_period=row.usage_reset_period,
        is_soft_limit=row.is_soft_limit,
        is_enabled=row.is_enabled,
        static_value=row.static_value,
        config_value=row.config_value,
        entity_type=row.entity_type,
        entity_id=row.entity_id,
        parent_entitlement_id=row.parent_entitlement_id or None,
        start_date=row.start_date,
        end_date=row.end_date,
    )


def _tell(ctx: Context, event_name: str, row: EntitlementRow) -> None:
    ctx.emit(event_name, entitlement_id=row.id)
    if row.entity_type == "SUBSCRIPTION":
        # The reference's cascade (webhooks.md §1).
        ctx.emit("subscription.updated", subscription_id=row.entity_id)


def _check_request(request: CreateEntitlementRequest, entity_type: str, entity_id: str) -> None:
    if not entity_type or not entity_id:
        raise ValidationError("Please provide entity_type and entity_id, or plan_id")
    if entity_type not in ENTITY_TYPES:
        raise ValidationError("Invalid entity type", {"allowed": list(ENTITY_TYPES), "entity_type": entity_type})
    if request.feature_type not in features.FEATURE_TYPES:
        raise ValidationError("Invalid feature type", {"allowed": list(features.FEATURE_TYPES), "type": request.feature_type})
    check_values(
        request.feature_type,
        usage_limit=request.usage_limit,
        usage_reset_period=request.usage_reset_period,
        static_value=request.static_value,
        config_value=request.config_value,
    )
    check_mode(request.aggregation_mode)
    check_grant(Grant.of(request), request.feature_type)
    if request.start_date and request.end_date and request.end_date < request.start_date:
        raise ValidationError("Start date must be before end date")


def _check_meter(ctx: Context, feature: FeatureRow) -> None:
    """A bucketed MAX meter takes no entitlement; a bucketed SUM one does (observed)."""
    meter = meters.get_row(ctx, feature.meter_id)
    if meter.aggregation.get("bucket_size") and meter.aggregation["type"] == "MAX":
        raise ValidationError(
            "Bucketed max meters process each bucket independently and cannot have entitlements",
            {"feature_id": feature.id, "meter_id": meter.id},
        )


def _check_unique(ctx: Context, entity_type: str, entity_id: str, feature_id: str) -> None:
    taken = select(EntitlementRow.id).where(
        EntitlementRow.entity_type == entity_type,
        EntitlementRow.entity_id == entity_id,
        EntitlementRow.feature_id == feature_id,
        EntitlementRow.status == "published",
    )
    if ctx.session.scalar(taken.limit(1)) is not None:
        raise AlreadyExistsError(
            "An entitlement with this feature already exists for this entity",
            {"entity_id": entity_id, "entity_type": entity_type, "feature_id": feature_id},
        )


def _clauses(wanted: EntitlementFilter) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    if wanted.entity_type:
        clauses.append(EntitlementRow.entity_type == wanted.entity_type)
    if wanted.entity_ids:
        clauses.append(EntitlementRow.entity_id.in_(wanted.entity_ids))
    if wanted.plan_ids:
        clauses += [EntitlementRow.entity_type == "PLAN", EntitlementRow.entity_id.in_(wanted.plan_ids)]
    if wanted.feature_ids:
        clauses.append(EntitlementRow.feature_id.in_(wanted.feature_ids))
    if wanted.feature_type:
        clauses.append(EntitlementRow.feature_type == wanted.feature_type)
    if wanted.is_enabled is not None:
        clauses.append(EntitlementRow.is_enabled.is_(wanted.is_enabled))
    if wanted.has_grant_config is not None:
        configured = EntitlementRow.grant_measure != ""
        clauses.append(configured if wanted.has_grant_config else ~configured)
    return clauses
