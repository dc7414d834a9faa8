"""Copying an environment's catalogue into another: features and plans with all they need (wire.md §8).

What the target already has under the same lookup_key stays as it is. Source and target are worked in one after the
other, each in a transaction of its own, so that two copies in opposite directions never wait for each other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from flexprice_client.models.environments import CloneEnvironmentRequest, CreateEnvironmentRequest, WorkflowResult
from flexprice_emulator.catalog.tables import FeatureRow, GroupRow, MeterRow, PlanRow, PriceRow, PriceUnitRow
from flexprice_emulator.entitlements.tables import EntitlementRow
from flexprice_emulator.grants.tables import CreditGrantRow
from flexprice_emulator.platform import environments
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.wire.routing import Reply
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.registry import Registry
from flexprice_emulator.workspace.workspace import Workspace

# In the order of their references, with the prefix of their ids and the column that is unique in an environment.
_TABLES: tuple[tuple[type[Any], str, str | None], ...] = (
    (GroupRow, "group", "lookup_key"),
    (MeterRow, "meter", None),
    (PriceUnitRow, "price_unit", "code"),
    (FeatureRow, "feat", "lookup_key"),
    (PlanRow, "plan", "lookup_key"),
    (PriceRow, "price", "lookup_key"),
    (EntitlementRow, "ent", None),
    (CreditGrantRow, "cg", None),
)
_OF_A_PLAN = (PriceRow, EntitlementRow, CreditGrantRow)
_NOTED = {FeatureRow: "source_environment_feature_id", PlanRow: "source_environment_plan_id"}


@dataclass(frozen=True, slots=True)
class Copied:
    """Rows of one table as attribute values."""

    table: type[Any]
    rows: list[dict[str, Any]] = field(default_factory=list)


def start(ctx: Context, source_id: str, request: CloneEnvironmentRequest) -> Reply:
    """Find or make the target, in a root transaction; the copy itself is done before the answer leaves.

    Raises ValidationError without a target, NotFoundError for an unknown environment.
    """
    if not request.target_environment_id and not request.name:
        raise ValidationError("Provide a name for the new environment or specify a target_environment_id")
    if request.target_environment_id == source_id:
        raise ValidationError("Please provide a different target environment ID")
    source = environments.get_row(ctx, source_id)
    if request.target_environment_id:
        target = environments.get_row(ctx, request.target_environment_id)
    else:
        target = environments.create(ctx, CreateEnvironmentRequest(name=request.name, type=request.type or source.type))
    registry, target_id, user_id = ctx.server.registry, target.id, ctx.user_id
    workflow = f"wf_EnvironmentCloneWorkflow_{source_id}-{target_id}_{ctx.workspace.ids.ulid(ctx.now)}"
    run_id = "-".join(ctx.workspace.ids.token(size, "0123456789abcdef") for size in (8, 4, 4, 4, 12))
    answer = WorkflowResult(message="Environment clone workflow started successfully", workflow_id=workflow, run_id=run_id)
    return Reply(answer, 202, after=lambda: copy_catalogue(registry, source_id, target_id, user_id))


def copy_catalogue(registry: Registry, source_id: str, target_id: str, user_id: str) -> None:
    """Copy published features and plans, with what they refer to. No transaction may be open."""
    source, target = registry.get(source_id), registry.get(target_id)
    if source is None or target is None:
        return
    with source.transaction() as session:
        copied = _read(session)
    with target.transaction() as session:
        _write(session, target, copied, source_id, user_id)


def _read(session: Session) -> list[Copied]:
    features = _published(session, FeatureRow)
    plans = _published(session, PlanRow)
    plan_ids = [plan.id for plan in plans]
    prices = _published(session, PriceRow, PriceRow.entity_type == "PLAN", PriceRow.entity_id.in_(plan_ids))
    entitlements = _published(session, EntitlementRow, EntitlementRow.entity_type == "PLAN", EntitlementRow.entity_id.in_(plan_ids))
    grants = _published(session, CreditGrantRow, CreditGrantRow.scope == "PLAN", CreditGrantRow.plan_id.in_(plan_ids))
    named: dict[type[Any], Sequence[Any]] = {
        GroupRow: _named(session, GroupRow, (row.group_id for row in (*features, *prices))),
        MeterRow: _named(session, MeterRow, (row.meter_id for row in (*features, *prices))),
        PriceUnitRow: _named(session, PriceUnitRow, (price.price_unit_id for price in prices)),
        FeatureRow: features,
        PlanRow: plans,
        PriceRow: prices,
        EntitlementRow: entitlements,
        CreditGrantRow: grants,
    }
    return [Copied(table, [_values(row) for row in named[table]]) for table, _, _ in _TABLES]


def _published(session: Session, table: type[Any], *where: Any) -> Sequence[Any]:
    return session.scalars(select(table).where(table.status == "published", *where).order_by(table.created_at, table.id)).all()


def _named(session: Session, table: type[Any], ids: Iterable[str]) -> Sequence[Any]:
    return session.scalars(select(table).where(table.id.in_({identity for identity in ids if identity}))).all()


def _values(row: Any) -> dict[str, Any]:
    return {attribute.key: getattr(row, attribute.key) for attribute in inspect(type(row)).column_attrs}


def _write(session: Session, target: Workspace, copied: Sequence[Copied], source_id: str, user_id: str) -> None:
    now = target.clock.now()
    new_ids: dict[str, str] = {}
    kept_plans: set[str] = set()
    sequence = session.scalar(select(func.max(PriceRow.sequence))) or 0
    for part, (table, prefix, key) in zip(copied, _TABLES, strict=True):
        for values in part.rows:
            held = _held(session, table, key, values)
            if held is not None:
                new_ids[values["id"]] = held
                if table is PlanRow:
                    kept_plans.add(values["id"])
                continue
            if table in _OF_A_PLAN and {values.get("entity_id"), values.get("plan_id")} & kept_plans:
                continue
            new_ids[values["id"]] = target.ids.new(prefix, now)
            changed = {name: new_ids.get(value, value) if isinstance(value, str) else value for name, value in values.items()}
            changed |= {"created_at": now, "updated_at": now, "created_by": user_id, "updated_by": user_id}
            if table in _NOTED:
                noted = {_NOTED[table]: values["id"], "source_environment_id": source_id}
                changed["metadata_"] = {**(values["metadata_"] or {}), **noted}
            if table is PriceRow:
                sequence += 1
                changed["sequence"] = sequence
            session.add(table(**changed))
        session.flush()


def _held(session: Session, table: type[Any], key: str | None, values: dict[str, Any]) -> str | None:
    """The target's own row under the same unique key."""
    if key is None or not values[key]:
        return None
    found: str | None = session.scalar(select(table.id).where(getattr(table, key) == values[key], table.status == "published"))
    return found
