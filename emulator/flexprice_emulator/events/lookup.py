"""The trace of one event: where it is billed, or how far it got (events.md §8).

Nothing happens in the background here, so an event without a row of a matching meter is one that came before the meter.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from flexprice_client.models.base import ZERO_TIME
from flexprice_client.models.events import (
    AttributedToCustomerResult,
    CustomerLookupResult,
    DebugTracker,
    ErrorInfo,
    FailurePoint,
    FeatureUsageInfo,
    GetEventByIDResponse,
    MatchedMeter,
    MatchedPrice,
    MatchedSubscriptionLineItem,
    MeterMatchingResult,
    MeterUsageAttribution,
    PriceLookupResult,
    SubscriptionLineItemLookupResult,
)
from flexprice_emulator.catalog.meters import published_by_event_name
from flexprice_emulator.catalog.price_view import present_prices
from flexprice_emulator.catalog.tables import FeatureRow, MeterRow, PriceRow
from flexprice_emulator.customers.service import to_response as present_customer
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.events.analytics.embedded import present_meter
from flexprice_emulator.events.listing import to_event
from flexprice_emulator.events.partials import to_seconds
from flexprice_emulator.events.raw_reads import COLUMNS, event_of
from flexprice_emulator.events.rows import quantity_of
from flexprice_emulator.events.sql import fetch_one
from flexprice_emulator.rating.metering.model import RawEvent
from flexprice_emulator.rating.metering.quantity import measure
from flexprice_emulator.subscriptions.reads import line_item_responses
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.wire.errors import NotFoundError, ValidationError
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.storage import from_micros

_LIVE = ("active", "trialing")


class Measured(NamedTuple):
    """The first usage row of an event, by meter id."""

    meter_id: str
    quantity: Any
    ingested_at: datetime


def lookup(ctx: Context, event_id: str) -> GetEventByIDResponse:
    """The event and its trace. Raises ValidationError without an id, NotFoundError for an unknown one."""
    if not event_id:
        raise ValidationError("Please provide a valid event ID")
    event = find_event(ctx, event_id)
    if event is None:
        raise NotFoundError("Event not found in events table", {"event_id": event_id})
    measured = measured_event(ctx, event)
    customer = published_customer(ctx, event.external_customer_id)
    if measured is not None and customer is not None:
        lines = live_lines(ctx, customer.id, measured.meter_id, event.timestamp)
        if lines:
            billed = [_billed(ctx, line, measured) for line in lines]
            return GetEventByIDResponse.model_construct(event=to_event(ctx, event), status="processed", processed_events=billed)
    tracker = _trace(ctx, event, customer, measured)
    status = "failed" if tracker.failure_point else "processing"
    return GetEventByIDResponse.model_construct(event=to_event(ctx, event), status=status, debug_tracker=tracker)


def find_event(ctx: Context, event_id: str) -> RawEvent | None:
    """The raw event of an id; of several the last in time."""
    row = fetch_one(ctx.session, f"SELECT {COLUMNS} FROM events WHERE id = ? ORDER BY timestamp DESC LIMIT 1", (event_id,))  # noqa: S608
    return None if row is None else event_of(row)


def measured_event(ctx: Context, event: RawEvent) -> Measured | None:
    """Its usage row; of several meters' only the first one's, as in the reference."""
    sql = (
        "SELECT meter_id, whole, fraction, large, ingested_at FROM meter_usage WHERE meter_id IN (SELECT id FROM meters) "
        "AND external_customer_id = ? AND timestamp = ? AND event_id = ? ORDER BY meter_id LIMIT 1"
    )
    row = fetch_one(ctx.session, sql, (event.external_customer_id, to_seconds(event.timestamp), event.event_id))
    return None if row is None else Measured(row[0], quantity_of(*row[1:4]), from_micros(row[4] // 1000 * 1000))


def published_customer(ctx: Context, external_id: str) -> CustomerRow | None:
    """The customer that has the external id now."""
    return ctx.session.scalar(select(CustomerRow).where(CustomerRow.external_id == external_id, CustomerRow.status == "published"))


def live_lines(ctx: Context, customer_id: str, meter_id: str, at: datetime) -> list[SubscriptionLineItemRow]:
    """The customer's usage lines of a meter that are active at a moment, oldest first."""
    return [line for line in _lines(ctx, customer_id, meter_id=meter_id) if _is_active(line, at)]


def _lines(ctx: Context, customer_id: str, *, meter_id: str | None = None, price_ids: Sequence[str] = ()) -> list[SubscriptionLineItemRow]:
    """Usage lines of the customer's live subscriptions, oldest first."""
    query = (
        select(SubscriptionLineItemRow)
        .join(SubscriptionRow, SubscriptionRow.id == SubscriptionLineItemRow.subscription_id)
        .where(
            SubscriptionRow.customer_id == customer_id,
            SubscriptionRow.status == "published",
            SubscriptionRow.subscription_status.in_(_LIVE),
            SubscriptionLineItemRow.status == "published",
            SubscriptionLineItemRow.price_type == "USAGE",
        )
    )
    if meter_id is not None:
        query = query.where(SubscriptionLineItemRow.meter_id == meter_id)
    if price_ids:
        query = query.where(SubscriptionLineItemRow.price_id.in_(price_ids))
    return list(ctx.session.scalars(query.order_by(SubscriptionLineItemRow.created_at, SubscriptionLineItemRow.id)))


def _is_active(line: SubscriptionLineItemRow, at: datetime) -> bool:
    # Both ends inclusive, unlike the windows of usage (rating.md §2.4).
    return line.start_date <= at and (line.end_date is None or at <= line.end_date)


def _billed(ctx: Context, line: SubscriptionLineItemRow, measured: Measured) -> FeatureUsageInfo:
    feature_id = ctx.session.scalar(
        select(FeatureRow.id).where(FeatureRow.meter_id == measured.meter_id).order_by(FeatureRow.status.desc(), FeatureRow.id).limit(1)
    )
    return FeatureUsageInfo.model_construct(
        customer_id=line.customer_id,
        subscription_id=line.subscription_id,
        sub_line_item_id=line.id,
        price_id=line.price_id,
        meter_id=measured.meter_id,
        feature_id=feature_id or "",
        qty_total=measured.quantity,
        processed_at=measured.ingested_at,
    )


def _trace(ctx: Context, event: RawEvent, customer: CustomerRow | None, measured: Measured | None) -> DebugTracker:
    steps: dict[str, Any] = {
        "customer_lookup": CustomerLookupResult.model_construct(status="unprocessed"),
        "meter_matching": MeterMatchingResult.model_construct(status="unprocessed"),
        "price_lookup": PriceLookupResult.model_construct(status="unprocessed"),
        "subscription_line_item_lookup": SubscriptionLineItemLookupResult.model_construct(status="unprocessed"),
    }

    def stopped(kind: str, message: str) -> DebugTracker:
        return DebugTracker.model_construct(
            **steps, failure_point=FailurePoint.model_construct(failure_point_type=kind, error=_error(message))
        )

    if customer is None:
        message = "ent: customer not found"
        steps["customer_lookup"] = CustomerLookupResult.model_construct(status="error", error=_error(message))
        return stopped("customer_lookup", message)
    shown = present_customer(ctx, customer).to_wire()
    steps["customer_lookup"] = CustomerLookupResult.model_construct(status="found", customer=shown)

    meters = _matched_meters(ctx, event)
    steps["meter_matching"] = MeterMatchingResult.model_construct(status="found" if meters else "not_found", matched_meters=meters)
    if not meters:
        return stopped("meter_lookup", f"No meters found matching event_name: {event.event_name}")

    prices = _matched_prices(ctx, [meter.meter_id for meter in meters])
    steps["price_lookup"] = PriceLookupResult.model_construct(status="found" if prices else "not_found", matched_prices=prices)
    if not prices:
        return stopped("price_lookup", "No prices found for the matched meters")

    lines = _matched_lines(ctx, customer.id, [price.price_id for price in prices], event.timestamp)
    billed = any(line.is_active_for_event for line in lines)
    steps["subscription_line_item_lookup"] = SubscriptionLineItemLookupResult.model_construct(
        status="found" if billed else "not_found", matched_line_items=lines
    )
    if not billed:
        return stopped("subscription_line_item_lookup", "No subscription line items found for the matched prices")
    return DebugTracker.model_construct(**steps, attributed_to_customer=_attribution(event, measured))


def _attribution(event: RawEvent, measured: Measured | None) -> AttributedToCustomerResult:
    if measured is None:
        return AttributedToCustomerResult.model_construct(status="processing")
    usage = MeterUsageAttribution.model_construct(
        meter_id=measured.meter_id, external_customer_id=event.external_customer_id, qty_total=measured.quantity
    )
    return AttributedToCustomerResult.model_construct(status="attributed", meter_usage=usage)


def _matched_meters(ctx: Context, event: RawEvent) -> list[MatchedMeter]:
    found = [
        meter for meter in published_by_event_name(ctx, event.event_name) if measure(meter, event.event_name, event.properties).matches
    ]
    rows = [ctx.session.get_one(MeterRow, meter.id) for meter in found]
    return [
        MatchedMeter.model_construct(meter_id=row.id, event_name=row.event_name, meter=present_meter(ctx, row).to_wire()) for row in rows
    ]


def _matched_prices(ctx: Context, meter_ids: Sequence[str]) -> list[MatchedPrice]:
    query = select(PriceRow).where(PriceRow.meter_id.in_(meter_ids), PriceRow.status == "published", PriceRow.type == "USAGE")
    rows = list(ctx.session.scalars(query.order_by(PriceRow.created_at, PriceRow.id)))
    return [
        MatchedPrice.model_construct(price_id=row.id, meter_id=row.meter_id, status=row.status, price=price.to_wire())
        for row, price in zip(rows, present_prices(ctx, rows), strict=True)
    ]


def _matched_lines(ctx: Context, customer_id: str, price_ids: Sequence[str], at: datetime) -> list[MatchedSubscriptionLineItem]:
    rows = _lines(ctx, customer_id, price_ids=price_ids)
    return [
        MatchedSubscriptionLineItem.model_construct(
            sub_line_item_id=row.id,
            subscription_id=row.subscription_id,
            price_id=row.price_id,
            start_date=row.start_date,
            end_date=row.end_date or ZERO_TIME,
            is_active_for_event=_is_active(row, at),
            # Strict on both sides, as the reference's own comparison is.
            timestamp_within_range=row.start_date < at and (row.end_date is None or at < row.end_date),
            subscription_line_item=shown.to_wire(),
        )
        for row, shown in zip(rows, line_item_responses(ctx, rows), strict=True)
    ]


def _error(message: str) -> ErrorInfo:
    return ErrorInfo.model_construct(code="not_found", message=message, http_status_code=404)
