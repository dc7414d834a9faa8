"""Spend alert settings of subscriptions, line items and groups (wallets.md §9.7).

Invariants: one published row an entity and parent; every threshold is `above`; `enabled` is the config's alert_enabled.
"""

from typing import Any

from sqlalchemy import ColumnElement, select

from flexprice_client.models.alert_settings import (
    AlertSettingsFilter,
    AlertSettingsResponse,
    CreateAlertSettingsRequest,
    ListAlertSettingsResponse,
    UpdateAlertSettingsRequest,
)
from flexprice_client.models.alert_thresholds import AlertSettings
from flexprice_emulator.alerts import watch
from flexprice_emulator.alerts.tables import AlertSettingRow
from flexprice_emulator.catalog import groups
from flexprice_emulator.subscriptions.reads import get_row as get_subscription
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow
from flexprice_emulator.wallets.thresholds import check_alert_settings
from flexprice_emulator.wire.errors import AlreadyExistsError, NotFoundError, ValidationError
from flexprice_emulator.wire.listing import ListSpec, page
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

SUBSCRIPTION, LINE_ITEM, GROUP = "subscription", "subscription_line_item", "group"
ENTITY_TYPES = (SUBSCRIPTION, LINE_ITEM, GROUP)
LIST = ListSpec(AlertSettingRow, unknown_field_hint="Failed to list alert settings")
_EQUAL = ("entity_type", "entity_id", "parent_entity_type", "parent_entity_id")
_LEVELS = ("critical", "warning", "info")


def create(ctx: Context, request: CreateAlertSettingsRequest) -> AlertSettingRow:
    """Raises ValidationError for scope and config, NotFoundError for the entities, AlreadyExistsError for a second one."""
    _check_scope(request)
    config = _checked(request.config)
    _check_entities(ctx, request)
    scope = {name: getattr(request, name) for name in _EQUAL}
    if ctx.session.scalar(select(AlertSettingRow.id).filter_by(**scope, status="published").limit(1)) is not None:
        raise AlreadyExistsError("Update or delete the existing alert configuration instead of creating a new one", scope)
    watch.forget(ctx)
    return ctx.add(
        AlertSettingRow(id=ctx.new_id("alert_set"), **scope, enabled=bool(config.alert_enabled), config=_stored(config), **ctx.stamp())
    )


def get_row(ctx: Context, alert_settings_id: str) -> AlertSettingRow:
    """Settings that are not archived. Raises NotFoundError."""
    row = ctx.session.get(AlertSettingRow, alert_settings_id)
    if row is None or row.status != "published":
        raise NotFoundError("Alert settings not found", {"alert_settings_id": alert_settings_id})
    return row


def update(ctx: Context, alert_settings_id: str, request: UpdateAlertSettingsRequest) -> AlertSettingRow:
    """Replace the config. Raises ValidationError, NotFoundError."""
    config = _checked(request.config)
    row = get_row(ctx, alert_settings_id)
    watch.forget(ctx)
    row.config, row.enabled = _stored(config), bool(config.alert_enabled)
    ctx.touch(row)
    ctx.session.flush()
    return row


def archive(ctx: Context, row: AlertSettingRow) -> None:
    """The entity may have settings anew."""
    watch.forget(ctx)
    row.status = "archived"
    ctx.touch(row)


def search(ctx: Context, wanted: AlertSettingsFilter) -> ListAlertSettingsResponse:
    """A page, newest first."""
    row = AlertSettingRow
    clauses: list[ColumnElement[bool]] = [getattr(row, name) == getattr(wanted, name) for name in _EQUAL if getattr(wanted, name)]
    if wanted.entity_ids:
        clauses.append(row.entity_id.in_(wanted.entity_ids))
    if wanted.parent_entity_ids:
        clauses.append(row.parent_entity_id.in_(wanted.parent_entity_ids))
    if wanted.enabled is not None:
        clauses.append(row.enabled.is_(wanted.enabled))
    found = page(ctx, LIST, wanted, *clauses)
    return found.response([to_response(ctx, held) for held in found.rows])


def to_response(ctx: Context, row: AlertSettingRow) -> AlertSettingsResponse:
    return present(ctx, AlertSettingsResponse, row)


def _check_scope(request: CreateAlertSettingsRequest) -> None:
    if request.entity_type not in ENTITY_TYPES:
        raise ValidationError(f"entity_type must be one of {', '.join(ENTITY_TYPES)}", {"entity_type": request.entity_type})
    if request.entity_type == SUBSCRIPTION:
        if request.parent_entity_type or request.parent_entity_id:
            raise ValidationError("Subscription-level alerts are not scoped to a parent entity")
    elif request.parent_entity_type != SUBSCRIPTION or not request.parent_entity_id:
        raise ValidationError("Set parent_entity_type to subscription and parent_entity_id to the owning subscription id")


def _checked(config: AlertSettings | None) -> AlertSettings:
    config = config or AlertSettings()
    check_alert_settings(config)
    if any(level is not None and level.condition != "above" for level in (config.critical, config.warning, config.info)):
        raise ValidationError("Subscription, line item, and group spend alerts only support the 'above' condition")
    return config


def _check_entities(ctx: Context, request: CreateAlertSettingsRequest) -> None:
    get_subscription(ctx, request.parent_entity_id or request.entity_id)
    if request.entity_type == GROUP:
        groups.get_row(ctx, request.entity_id)
    elif request.entity_type == LINE_ITEM:
        line = ctx.session.get(SubscriptionLineItemRow, request.entity_id)
        if line is None or line.status != "published":
            details = {"line_item_id": request.entity_id}
            raise NotFoundError(f"Subscription line item with ID {request.entity_id} not found", details)
        if line.subscription_id != request.parent_entity_id:
            details = {"entity_id": request.entity_id, "parent_entity_id": request.parent_entity_id}
            raise ValidationError("The line item does not belong to the given subscription", details)


def _stored(config: AlertSettings) -> dict[str, Any]:
    held = config.model_dump(mode="json")
    return {name: held.get(name) for name in (*_LEVELS, "alert_enabled")}
