"""What items refer to and may embed: features, meters, prices, plans, add-ons, groups."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from flexprice_client.models.analytics import Group, Meter
from flexprice_client.models.catalog import Addon, Plan
from flexprice_client.models.features import FeatureResponse
from flexprice_client.models.meters import MeterFilter
from flexprice_client.models.prices import PriceResponse
from flexprice_client.models.subscription_line_items import SubscriptionLineItemResponse
from flexprice_emulator.catalog import features, meters
from flexprice_emulator.catalog.expansion import rows_by_id
from flexprice_emulator.catalog.price_view import present_prices
from flexprice_emulator.catalog.tables import AddonRow, FeatureRow, GroupRow, MeterRow, PlanRow, PriceRow
from flexprice_emulator.events.analytics.read import Item
from flexprice_emulator.subscriptions.reads import line_item_responses
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context


def present_meter(ctx: Context, row: MeterRow) -> Meter:
    """A meter as it is embedded: the reference leaves its environment and its authors empty."""
    return present(
        ctx,
        Meter,
        row,
        aggregation=meters.present_aggregation(row),
        filters=[MeterFilter.model_construct(**held) for held in row.filters],
        environment_id="",
        created_by="",
        updated_by="",
    )


@dataclass(frozen=True, slots=True)
class Embedded:
    """What the items of one answer refer to; the expanded ones only where asked for."""

    meters: Mapping[str, MeterRow]
    features: Mapping[str, FeatureResponse] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    prices: Mapping[str, PriceResponse] = field(default_factory=dict)
    lines: Mapping[str, SubscriptionLineItemResponse] = field(default_factory=dict)
    plans: Mapping[str, Plan] = field(default_factory=dict)
    addons: Mapping[str, Addon] = field(default_factory=dict)


def load(ctx: Context, items: Sequence[Item], expand: Iterable[str]) -> Embedded:
    """Read what the items need, with one query a kind."""
    meter_ids = [item.meter.id for item in items]
    of_meters = _features(ctx, meter_ids)
    groups = rows_by_id(ctx, GroupRow, (feature.group_id for feature in of_meters.values()))
    rows = list({item.line.id: item.line for item in items if item.line is not None}.values())
    expanded = _expanded(ctx, rows, frozenset(expand))
    return Embedded(
        meters=rows_by_id(ctx, MeterRow, meter_ids),
        features=of_meters,
        groups={group_id: present(ctx, Group, row) for group_id, row in groups.items()},
        **expanded,
    )


def _features(ctx: Context, meter_ids: Sequence[str]) -> dict[str, FeatureResponse]:
    """By meter; a published feature counts before an archived one, the oldest first."""
    query = select(FeatureRow).where(FeatureRow.meter_id.in_(set(meter_ids)))
    # Last written wins below, so the preferred one comes last.
    rows = list(ctx.session.scalars(query.order_by(FeatureRow.status, FeatureRow.id.desc())))
    return dict(zip((row.meter_id for row in rows), features.to_responses(ctx, rows), strict=True))


def _expanded(ctx: Context, lines: Sequence[SubscriptionLineItemRow], expand: frozenset[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "price" in expand:
        prices = rows_by_id(ctx, PriceRow, (line.price_id for line in lines))
        found["prices"] = dict(zip(prices, present_prices(ctx, list(prices.values())), strict=True))
    if "subscription_line_item" in expand:
        found["lines"] = {line.id: line for line in line_item_responses(ctx, lines)}
    if "plan" in expand:
        plans = rows_by_id(ctx, PlanRow, (line.entity_id for line in lines if line.entity_type == "plan"))
        found["plans"] = {plan_id: present(ctx, Plan, row) for plan_id, row in plans.items()}
    if "addon" in expand:
        addons = rows_by_id(ctx, AddonRow, (line.entity_id for line in lines if line.entity_type == "addon"))
        found["addons"] = {addon_id: present(ctx, Addon, row) for addon_id, row in addons.items()}
    return found
