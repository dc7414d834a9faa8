"""Meters: which events count, and how they are aggregated (rating.md §1.1, §1.4)."""

from decimal import Decimal
from typing import Any, cast, get_args

from sqlalchemy import ColumnElement, select

from flexprice_client.models.base import decimal_text
from flexprice_client.models.meters import (
    Aggregation,
    CreateMeterRequest,
    ListMetersResponse,
    MeterAggregation,
    MeterFilter,
    MeterQuery,
    MeterResponse,
    UpdateMeterRequest,
)
from flexprice_emulator.catalog.tables import MeterRow
from flexprice_emulator.rating.metering.expression import validate_expression
from flexprice_emulator.rating.metering.model import AggregationType, Meter, WindowSize
from flexprice_emulator.rating.metering.model import MeterFilter as RatingFilter
from flexprice_emulator.wire.errors import NotFoundError, ValidationError
from flexprice_emulator.wire.listing import ListSpec, page
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

LIST = ListSpec(MeterRow, statuses=("published", "archived"), unknown_field_hint="Failed to list meters")
AGGREGATION_TYPES: tuple[str, ...] = get_args(AggregationType)
WINDOW_SIZES: tuple[str, ...] = get_args(WindowSize)
_WITHOUT_FIELD = ("COUNT",)
_WITH_EXPRESSION = ("SUM", "AVG", "LATEST", "MAX")
_BUCKETED = ("MAX", "SUM")
_CACHE = "meters_by_event_name"


def create(ctx: Context, request: CreateMeterRequest) -> MeterRow:
    """A new meter. Raises ValidationError."""
    check_aggregation(request.aggregation)
    check_filters(request.filters or [])
    row = MeterRow(
        id=ctx.new_id("meter"),
        name=request.name,
        event_name=request.event_name,
        aggregation=_stored_aggregation(request.aggregation),
        filters=stored_filters(request.filters or []),
        reset_usage=request.reset_usage,
        **ctx.stamp(),
    )
    _forget(ctx)
    return ctx.add(row)


def get_row(ctx: Context, meter_id: str) -> MeterRow:
    """A meter of any status. Raises NotFoundError."""
    row = ctx.session.get(MeterRow, meter_id)
    if row is None:
        raise NotFoundError("Meter not found", {"meter_id": meter_id, "tenant_id": ctx.tenant_id})
    return row


def update(ctx: Context, row: MeterRow, request: UpdateMeterRequest) -> MeterResponse:
    """Replaces the filters. Events that are counted already stay as they are (rating.md §1.5)."""
    if not request.filters:
        raise ValidationError("Filters cannot be empty")
    replace_filters(ctx, row, request.filters)
    return to_response(ctx, row)


def replace_filters(ctx: Context, row: MeterRow, filters: list[MeterFilter]) -> None:
    """Later events are matched by these. Raises ValidationError."""
    check_filters(filters)
    row.filters = stored_filters(filters)
    ctx.touch(row)
    ctx.session.flush()
    _forget(ctx)


def disable(ctx: Context, meter_id: str) -> None:
    """Archive a meter; unknown ids are no error, as in the reference (wire.md §10)."""
    row = ctx.session.get(MeterRow, meter_id)
    if row is not None and row.status == "published":
        row.status = "archived"
        ctx.touch(row)
        _forget(ctx)


def search(ctx: Context, wanted: MeterQuery) -> ListMetersResponse:
    """A page of meters, archived ones included unless a status is asked for."""
    clauses: list[ColumnElement[bool]] = []
    if wanted.meter_ids:
        clauses.append(MeterRow.id.in_(wanted.meter_ids))
    if wanted.event_name:
        clauses.append(MeterRow.event_name == wanted.event_name)
    found = page(ctx, LIST, wanted, *clauses)
    return found.response([to_response(ctx, row) for row in found.rows])


def to_response(ctx: Context, row: MeterRow, *, created_bare: bool = False) -> MeterResponse:
    """The wire's meter. `created_bare`: the answer that created it without filters, where they are null."""
    filters = None if created_bare else [MeterFilter.model_construct(**held) for held in row.filters]
    return present(ctx, MeterResponse, row, aggregation=present_aggregation(row), filters=filters)


def present_aggregation(row: MeterRow) -> MeterAggregation:
    """The aggregation as it is shown."""
    held = dict(row.aggregation)
    if "multiplier" in held:
        held["multiplier"] = Decimal(held["multiplier"])
    return MeterAggregation.model_construct(**held)


def rating_meter(row: MeterRow) -> Meter:
    """The meter as rating reads it."""
    held = row.aggregation
    multiplier = held.get("multiplier")
    return Meter(
        id=row.id,
        event_name=row.event_name,
        aggregation_type=cast(AggregationType, held["type"]),
        field=held.get("field", ""),
        expression=held.get("expression", ""),
        multiplier=None if multiplier is None else Decimal(multiplier),
        bucket_size=cast(WindowSize | None, held.get("bucket_size") or None),
        group_by=held.get("group_by", ""),
        filters=tuple(RatingFilter(entry["key"], tuple(entry["values"])) for entry in row.filters),
        reset_usage=row.reset_usage,
    )


def published_by_event_name(ctx: Context, event_name: str) -> tuple[Meter, ...]:
    """The published meters that read events of this name, in order of creation; kept between requests."""
    cache: dict[str, tuple[Meter, ...]] = ctx.workspace.caches.setdefault(_CACHE, {})
    if event_name not in cache:
        query = select(MeterRow).where(MeterRow.event_name == event_name, MeterRow.status == "published").order_by(MeterRow.id)
        cache[event_name] = tuple(rating_meter(row) for row in ctx.session.scalars(query))
    return cache[event_name]


def _forget(ctx: Context) -> None:
    ctx.workspace.caches.pop(_CACHE, None)


def check_aggregation(aggregation: Aggregation) -> None:
    """Raises ValidationError for a combination that cannot be computed (rating.md §1.1)."""
    kind = aggregation.type
    if kind not in AGGREGATION_TYPES:
        raise ValidationError("Invalid aggregation type", {"allowed": list(AGGREGATION_TYPES), "type": kind})
    details = {"aggregation_type": kind}
    if aggregation.field and aggregation.expression:
        raise ValidationError("Please provide either a field or an expression, not both", details)
    if aggregation.expression:
        if kind not in _WITH_EXPRESSION:
            raise ValidationError("Expression is not supported for this aggregation type", details)
        try:
            validate_expression(aggregation.expression)
        except ValueError:
            raise ValidationError("Invalid CEL expression", {"expression": aggregation.expression}) from None
    elif kind not in _WITHOUT_FIELD and not aggregation.field:
        raise ValidationError("Please specify a field to use for this aggregation type", details)
    if kind == "SUM_WITH_MULTIPLIER" and (aggregation.multiplier is None or aggregation.multiplier <= 0):
        raise ValidationError("Please provide a multiplier greater than zero", details)
    if aggregation.bucket_size:
        if aggregation.bucket_size not in WINDOW_SIZES:
            raise ValidationError("Invalid window size", {"allowed": list(WINDOW_SIZES), "bucket_size": aggregation.bucket_size})
        if kind not in _BUCKETED:
            raise ValidationError("Bucket size can only be used with MAX or SUM aggregation", details)
    if aggregation.group_by and not (kind == "MAX" and aggregation.bucket_size):
        raise ValidationError("Group by can only be used with MAX aggregation and a bucket size", details)


def check_filters(filters: list[MeterFilter]) -> None:
    """Raises ValidationError for a filter without key or values."""
    for entry in filters:
        if not entry.key:
            raise ValidationError("Filter key cannot be empty")
        if not entry.values:
            raise ValidationError("Filter values cannot be empty", {"key": entry.key})


def stored_filters(filters: list[MeterFilter]) -> list[dict[str, Any]]:
    """Filters as they are kept."""
    return [{"key": entry.key, "values": list(entry.values or [])} for entry in filters]


def _stored_aggregation(aggregation: Aggregation) -> dict[str, Any]:
    held: dict[str, Any] = {"type": aggregation.type}
    for name in ("field", "expression", "bucket_size", "group_by"):
        if getattr(aggregation, name):
            held[name] = getattr(aggregation, name)
    if aggregation.multiplier is not None:
        held["multiplier"] = decimal_text(aggregation.multiplier)
    return held
