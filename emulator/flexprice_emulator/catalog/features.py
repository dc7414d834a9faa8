"""Features: what entitlements and prices are about; a metered one has a meter."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, select

from flexprice_client.models.alert_thresholds import AlertSettings
from flexprice_client.models.base import decimal_text
from flexprice_client.models.features import (
    CloneFeatureRequest,
    CreateFeatureRequest,
    FeatureFilter,
    FeatureResponse,
    ListFeaturesResponse,
    ReportingUnit,
    ReportingUnitInput,
    UpdateFeatureRequest,
)
from flexprice_client.models.meters import CreateMeterRequest
from flexprice_emulator.catalog import groups, meters
from flexprice_emulator.catalog.expansion import rows_by_id
from flexprice_emulator.catalog.tables import FeatureRow, GroupRow, MeterRow
from flexprice_emulator.rating.decimals import round_places
from flexprice_emulator.wire.errors import AlreadyExistsError, InvalidOperationError, NotFoundError, ValidationError
from flexprice_emulator.wire.listing import ListSpec, expand_names, page
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.sql import holds_text

FEATURE_TYPES = ("metered", "boolean", "static", "config")
LIST = ListSpec(
    FeatureRow,
    statuses=("published", "archived"),
    order_checked=False,
    expands={"meters", "groups"},
    conditions_checked=True,
    unknown_field_hint="Failed to list features",
)
# Of the column that holds a conversion rate (wire.md §4).
_CONVERSION_PLACES = 10
# What a feature read alone shows with it.
ALONE = frozenset({"meters", "groups"})


def create(ctx: Context, request: CreateFeatureRequest) -> FeatureResponse:
    """A new feature, and its meter where one is described. Raises ValidationError, NotFoundError and AlreadyExistsError."""
    if request.type not in FEATURE_TYPES:
        raise ValidationError("Invalid feature type", {"allowed": list(FEATURE_TYPES), "type": request.type})
    _check_units(request.unit_singular, request.unit_plural, request.reporting_unit)
    _check_alerts(request.alert_settings)
    if request.group_id:
        groups.check_membership(ctx, request.group_id, "feature")
    feature_id = ctx.new_id("feat")
    _check_lookup_key(ctx, request.lookup_key)
    row = ctx.add(
        FeatureRow(
            id=feature_id,
            name=request.name,
            lookup_key=request.lookup_key,
            description=request.description,
            meter_id=_meter_for(ctx, request) if request.type == "metered" else "",
            metadata_=request.metadata,
            type=request.type,
            unit_singular=request.unit_singular,
            unit_plural=request.unit_plural,
            reporting_unit=_stored_unit(request.reporting_unit),
            alert_settings=request.alert_settings.to_wire() if request.alert_settings else None,
            group_id=request.group_id,
            **ctx.stamp(),
        )
    )
    ctx.emit("feature.created", feature_id=row.id)
    return _written(ctx, row, request.reporting_unit)


def get_row(ctx: Context, feature_id: str) -> FeatureRow:
    """A feature of any status. Raises NotFoundError."""
    row = ctx.session.get(FeatureRow, feature_id)
    if row is None:
        raise NotFoundError(f"Feature with ID {feature_id} was not found", {"feature_id": feature_id})
    return row


def update(ctx: Context, row: FeatureRow, request: UpdateFeatureRequest) -> FeatureResponse:
    """Changes what is given; `filters` are the meter's."""
    _check_alerts(request.alert_settings)
    singular = row.unit_singular if request.unit_singular is None else request.unit_singular
    plural = row.unit_plural if request.unit_plural is None else request.unit_plural
    _check_units(singular, plural, request.reporting_unit)
    if request.group_id:
        groups.check_membership(ctx, request.group_id, "feature")
    for name in ("name", "description", "unit_singular", "unit_plural", "group_id"):
        given = getattr(request, name)
        if given is not None:
            setattr(row, name, given)
    if request.metadata is not None:
        row.metadata_ = request.metadata
    if request.reporting_unit is not None:
        row.reporting_unit = _stored_unit(request.reporting_unit)
    if request.alert_settings is not None:
        row.alert_settings = {**(row.alert_settings or {}), **request.alert_settings.to_wire()}
    if request.filters is not None and row.meter_id:
        meters.replace_filters(ctx, meters.get_row(ctx, row.meter_id), request.filters)
    ctx.touch(row)
    ctx.session.flush()
    ctx.emit("feature.updated", feature_id=row.id)
    return _written(ctx, row, request.reporting_unit)


def archive(ctx: Context, row: FeatureRow) -> None:
    """Archive a feature and its meter; a second time changes nothing. Raises InvalidOperationError while entitlements use it."""
    # Entitlements import features.
    from flexprice_emulator.entitlements.tables import EntitlementRow

    used = select(EntitlementRow.id).where(EntitlementRow.feature_id == row.id, EntitlementRow.status == "published").limit(1)
    if ctx.session.scalar(used) is not None:
        raise InvalidOperationError(
            "Feature is linked to some plans, please remove the feature from the plans first", {"feature_id": row.id}
        )
    if row.status != "published":
        return
    row.status = "archived"
    ctx.touch(row)
    if row.meter_id:
        meters.disable(ctx, row.meter_id)
    ctx.emit("feature.deleted", feature_id=row.id)


def clone(ctx: Context, source: FeatureRow, request: CloneFeatureRequest) -> FeatureResponse:
    """A copy under a new name and key, with a meter of its own. Raises ValidationError and AlreadyExistsError."""
    if not request.name:
        raise ValidationError("Please provide a unique name for the cloned feature")
    if not request.lookup_key:
        raise ValidationError("Please provide a unique lookup_key for the cloned feature")
    if _published(ctx, request.lookup_key) is not None:
        raise AlreadyExistsError("Please choose a different lookup_key for the cloned feature", {"lookup_key": request.lookup_key})
    return create(ctx, _copy_request(ctx, source, request))


def search(ctx: Context, wanted: FeatureFilter) -> ListFeaturesResponse:
    """A page of features, archived ones included unless a status is asked for."""
    expanded = expand_names(LIST, wanted.expand)
    found = page(ctx, LIST, wanted, *_clauses(wanted))
    return found.response(to_responses(ctx, found.rows, expanded))


def to_response(ctx: Context, row: FeatureRow, expand: Iterable[str] = ()) -> FeatureResponse:
    """The wire's feature; `expand` of meters, groups."""
    return to_responses(ctx, [row], expand)[0]


def to_responses(ctx: Context, rows: Sequence[FeatureRow], expand: Iterable[str] = ()) -> list[FeatureResponse]:
    """Features in the order given, with what is expanded read in one query a kind."""
    wanted = frozenset(expand)
    held_meters = rows_by_id(ctx, MeterRow, (row.meter_id for row in rows)) if "meters" in wanted else {}
    held_groups = rows_by_id(ctx, GroupRow, (row.group_id for row in rows)) if "groups" in wanted else {}
    shown = []
    for row in rows:
        extra: dict[str, Any] = {}
        if row.meter_id in held_meters:
            extra["meter"] = meters.to_response(ctx, held_meters[row.meter_id])
        if row.group_id in held_groups:
            extra["group"] = groups.to_response(ctx, held_groups[row.group_id])
        alerts = row.alert_settings
        shown.append(
            present(
                ctx,
                FeatureResponse,
                row,
                reporting_unit=_shown_unit(row.reporting_unit),
                alert_settings=AlertSettings.model_validate(alerts) if alerts else None,
                **extra,
            )
        )
    return shown


def responses(ctx: Context, feature_ids: Iterable[str], expand: Iterable[str] = ()) -> dict[str, FeatureResponse]:
    """The wire's features by id, those that exist."""
    rows = list(rows_by_id(ctx, FeatureRow, feature_ids).values())
    return {row.id: shown for row, shown in zip(rows, to_responses(ctx, rows, expand), strict=True)}


def _meter_for(ctx: Context, request: CreateFeatureRequest) -> str:
    if request.meter is not None:
        return meters.create(ctx, request.meter).id
    if not request.meter_id:
        raise ValidationError("Please provide meter details or a meter_id to create a metered feature")
    return meters.get_row(ctx, request.meter_id).id


def _copy_request(ctx: Context, source: FeatureRow, request: CloneFeatureRequest) -> CreateFeatureRequest:
    meter = None
    if source.meter_id:
        held = meters.get_row(ctx, source.meter_id)
        meter = CreateMeterRequest.model_validate(
            {
                "name": request.name,
                "event_name": held.event_name,
                "aggregation": held.aggregation,
                "filters": held.filters,
                "reset_usage": held.reset_usage,
            }
        )
    unit = source.reporting_unit
    return CreateFeatureRequest.model_construct(
        name=request.name,
        lookup_key=request.lookup_key,
        description=source.description if request.description is None else request.description,
        type=source.type,
        meter=meter,
        metadata={**(source.metadata_ or {}), **(request.metadata or {}), "source_feature_id": source.id},
        unit_singular=source.unit_singular,
        unit_plural=source.unit_plural,
        reporting_unit=ReportingUnitInput.model_validate(unit) if unit else None,
        alert_settings=AlertSettings.model_validate(source.alert_settings) if source.alert_settings else None,
        group_id=source.group_id,
    )


def _check_units(singular: str, plural: str, reporting: ReportingUnitInput | None) -> None:
    if bool(singular) != bool(plural):
        raise ValidationError("Unit singular and unit plural must be set together")
    if reporting is None:
        return
    if not reporting.unit_singular or not reporting.unit_plural:
        raise ValidationError("Reporting unit singular and plural must be set together")
    if reporting.conversion_rate is None or reporting.conversion_rate <= 0:
        raise ValidationError("Reporting unit conversion rate must be greater than zero")


def _check_alerts(settings: AlertSettings | None) -> None:
    if settings is None:
        return
    levels = [level for level in (settings.critical, settings.warning, settings.info) if level is not None]
    if settings.alert_enabled and not levels:
        raise ValidationError("Please provide at least one threshold configuration")
    if settings.warning is not None and settings.critical is None:
        raise ValidationError("Please provide a critical threshold")
    for name in ("critical", "warning", "info"):
        level = getattr(settings, name)
        if level is not None and level.condition not in ("above", "below"):
            raise ValidationError(f"Please provide a valid {name} threshold condition", {"condition": level.condition})


def _check_lookup_key(ctx: Context, lookup_key: str) -> None:
    if lookup_key and _published(ctx, lookup_key) is not None:
        raise AlreadyExistsError("A feature with this lookup key already exists", {"lookup_key": lookup_key})


def _published(ctx: Context, lookup_key: str) -> FeatureRow | None:
    return ctx.session.scalar(select(FeatureRow).where(FeatureRow.lookup_key == lookup_key, FeatureRow.status == "published"))


def _written(ctx: Context, row: FeatureRow, unit: ReportingUnitInput | None) -> FeatureResponse:
    """The answer to what was just written: the conversion rate as it was given, not as it is stored."""
    shown = to_response(ctx, row, {"groups"})
    if unit is not None:
        shown.reporting_unit = ReportingUnit.model_construct(**dict(unit))
    return shown


def _stored_unit(unit: ReportingUnitInput | None) -> dict[str, Any] | None:
    if unit is None or unit.conversion_rate is None:
        return None
    return {
        "unit_singular": unit.unit_singular,
        "unit_plural": unit.unit_plural,
        "conversion_rate": decimal_text(round_places(unit.conversion_rate, _CONVERSION_PLACES)),
    }


def _shown_unit(stored: dict[str, Any] | None) -> ReportingUnit | None:
    if not stored:
        return None
    return ReportingUnit.model_construct(**{**stored, "conversion_rate": Decimal(stored["conversion_rate"])})


def _clauses(wanted: FeatureFilter) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    if wanted.feature_ids:
        clauses.append(FeatureRow.id.in_(wanted.feature_ids))
    if wanted.meter_ids:
        clauses.append(FeatureRow.meter_id.in_(wanted.meter_ids))
    if wanted.lookup_key:
        clauses.append(FeatureRow.lookup_key == wanted.lookup_key)
    if wanted.lookup_keys:
        clauses.append(FeatureRow.lookup_key.in_(wanted.lookup_keys))
    if wanted.name_contains:
        clauses.append(holds_text(FeatureRow.name, wanted.name_contains))
    return clauses
