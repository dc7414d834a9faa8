"""Items as they are shown."""

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from flexprice_client.models.analytics import BucketSummary, PointBucket, UsageAnalyticItem, UsageAnalyticPoint
from flexprice_client.models.features import ReportingUnit
from flexprice_client.models.invoices import CommitmentInfo
from flexprice_client.models.subscription_line_items import Bucket
from flexprice_emulator.events.analytics.costs import CostPoint, shown_window
from flexprice_emulator.events.analytics.embedded import Embedded, present_meter
from flexprice_emulator.events.analytics.read import Item
from flexprice_emulator.events.analytics.wanted import Wanted
from flexprice_emulator.events.free_usage import window_text
from flexprice_emulator.rating.commitment.model import CommitmentTimeBucket
from flexprice_emulator.rating.commitment.windowed import time_bucket_of
from flexprice_emulator.rating.decimals import add, divide, subtract, to_text
from flexprice_emulator.rating.derivation import WindowCharge
from flexprice_emulator.rating.pricing.model import Price
from flexprice_emulator.workspace.context import Context

_ANY_PRICE = Price(id="", currency="", billing_model="FLAT_FEE")


def present_item(ctx: Context, wanted: Wanted, item: Item, embedded: Embedded) -> UsageAnalyticItem:
    """One item with its points."""
    figures, cost, discount = item.costed.figures, item.costed.cost, item.discount
    meter = embedded.meters[item.meter.id]
    feature = embedded.features.get(item.meter.id)
    group = dict(zip(wanted.group_by, figures.group, strict=False))
    return UsageAnalyticItem.model_construct(
        feature_id=feature.id if feature else "",
        meter_id=item.meter.id,
        meter=present_meter(ctx, meter) if "meter" in wanted.expand else None,
        feature=feature if "feature" in wanted.expand else None,
        name=feature.name if feature else meter.name,
        event_name=item.meter.event_name,
        source=group.pop("source", ""),
        sources=list(figures.sources) if "source" in wanted.expand and wanted.detailed else None,
        unit=feature.unit_singular if feature else "",
        unit_plural=feature.unit_plural if feature else "",
        aggregation_type=item.meter.aggregation_type,
        total_usage=figures.usage,
        total_usage_display=_display(figures.usage, feature.reporting_unit if feature else None),
        reporting_unit=feature.reporting_unit if feature else None,
        subtotal=cost,
        total_discount=discount,
        total_cost=subtract(cost, discount),
        currency=item.currency,
        event_count=figures.event_count,
        properties={key.removeprefix("properties."): text for key, text in group.items()},
        points=[_point(wanted, item, point) for point in item.costed.points],
        window_size=shown_window(wanted, item.meter),
        group=embedded.groups.get(feature.group_id) if feature else None,
        **_line_fields(wanted, item, embedded),
    )


def _line_fields(wanted: Wanted, item: Item, embedded: Embedded) -> dict[str, Any]:
    line = item.line
    if line is None:
        return {}
    return {
        "price_id": line.price_id,
        "sub_line_item_id": line.id,
        "subscription_id": line.subscription_id,
        "price": embedded.prices.get(line.price_id),
        "subscription_line_item": embedded.lines.get(line.id),
        "plan": embedded.plans.get(line.entity_id),
        "addon": embedded.addons.get(line.entity_id),
        "plan_id": line.entity_id if line.entity_type == "plan" else "",
        "add_on_id": line.entity_id if line.entity_type == "addon" else "",
        "commitment_info": _commitment_info(item),
        "bucket_summaries": _bucket_summaries(item) if wanted.breakdown_bucket else None,
    }


def _display(usage: Decimal, unit: ReportingUnit | None) -> str:
    """Usage in the reporting unit; the rate says how many of those one unit is made of, so it divides (observed)."""
    return to_text(divide(usage, unit.conversion_rate)) if unit is not None and unit.conversion_rate else ""


def _point(wanted: Wanted, item: Item, point: CostPoint) -> UsageAnalyticPoint:
    discount = item.point_discount(point)
    return UsageAnalyticPoint.model_construct(
        timestamp=window_text(point.start),
        usage=point.usage,
        subtotal=point.cost,
        discount=discount,
        cost=subtract(point.cost, discount),
        event_count=point.event_count,
        computed_commitment_utilized_amount=point.utilized,
        computed_overage_amount=point.overage,
        computed_true_up_amount=point.true_up,
        buckets=_point_buckets(item, point) if wanted.breakdown_bucket else None,
    )


def _commitment_info(item: Item) -> CommitmentInfo | None:
    info = item.costed.commitment_info
    return None if info is None else CommitmentInfo.model_construct(**{**asdict(info), "duration": info.duration or None})


def _bucket_at(item: Item, start: datetime) -> dict[str, Any] | None:
    """The time-of-day bucket that a window falls into, as the line has it stored; the first that fits."""
    for held in (item.line.commitment_time_buckets or ()) if item.line else ():
        # Its own price does not matter for the question when it counts.
        clock = CommitmentTimeBucket(_clock(held.get("start")), _clock(held.get("end")), _ANY_PRICE)
        if time_bucket_of([clock], start) is not None:
            return held
    return None


def _clock(held: dict[str, Any] | None) -> str:
    return f"{(held or {}).get('hour', 0):02d}:{(held or {}).get('minute', 0):02d}"


def _point_buckets(item: Item, point: CostPoint) -> list[PointBucket]:
    found = [held for held in (_bucket_at(item, start) for start in point.starts) if held is not None]
    prices = {str(held.get("id", "")): str(held.get("price_id") or "") for held in found}
    return [PointBucket.model_construct(bucket_id=bucket_id, price_id=price_id) for bucket_id, price_id in prices.items()]


def _bucket_summaries(item: Item) -> list[BucketSummary]:
    """What each time-of-day bucket of a windowed commitment came to, in the order they were given."""
    line = item.line
    members: dict[str, list[WindowCharge]] = {}
    for window in item.costed.windows:
        held = _bucket_at(item, window.start)
        if held is not None:
            members.setdefault(str(held.get("id", "")), []).append(window)
    return [
        BucketSummary.model_construct(
            bucket_id=str(held.get("id", "")),
            start=Bucket.model_construct(**(held.get("start") or {})),
            end=Bucket.model_construct(**(held.get("end") or {})),
            price_id=str(held.get("price_id") or ""),
            subscription_line_item_id=line.id if line else "",
            commitment_type=str(held.get("commitment_type") or ""),
            commitment_value=Decimal(held.get("commitment_value") or 0),
            total_usage=add(*(window.value for window in windows)),
            base_charge=add(*(window.usage for window in windows)),
            computed_utilized=add(*(window.utilized for window in windows)),
            computed_overage=add(*(window.overage for window in windows)),
            computed_true_up=add(*(window.true_up for window in windows)),
        )
        for held in ((line.commitment_time_buckets or ()) if line else ())
        for windows in [members.get(str(held.get("id", "")), [])]
    ]
