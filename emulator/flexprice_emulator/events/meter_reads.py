"""POST /meter-usage/query and /meter-usage/analytics: meters of a customer by any aggregation (events.md §10).

Meters that are on no line of the customer's subscriptions read as nothing. Types that are not known add.
"""

from collections.abc import Sequence

from sqlalchemy import select

from flexprice_client.models.meter_usage import (
    MeterUsageAnalyticsRequest,
    MeterUsageAnalyticsResponse,
    MeterUsagePoint,
    MeterUsageQueryRequest,
    MeterUsageResponse,
)
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.events.free_usage import window_text
from flexprice_emulator.events.partials import Scope
from flexprice_emulator.events.rows import read_rows
from flexprice_emulator.rating.decimals import ZERO, add
from flexprice_emulator.rating.metering.aggregate import aggregate, by_window
from flexprice_emulator.rating.metering.model import UsageRow
from flexprice_emulator.rating.metering.windows import window_size_or_day
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

HINT = "Check your request body"
_CURRENT = ("active", "trialing", "paused")


def query(ctx: Context, request: MeterUsageQueryRequest) -> MeterUsageResponse:
    """One meter; zero where nothing is billed."""
    found = _read(ctx, request, [request.meter_id])
    return found[0] if found else _empty(request.meter_id, request.aggregation_type)


def analytics(ctx: Context, request: MeterUsageAnalyticsRequest) -> MeterUsageAnalyticsResponse:
    """Several meters; those without usage are left out. Raises ValidationError without `meter_ids`."""
    if request.meter_ids is None:
        raise ValidationError(HINT)
    return MeterUsageAnalyticsResponse.model_construct(items=_read(ctx, request, request.meter_ids))


def _read(ctx: Context, request: MeterUsageQueryRequest | MeterUsageAnalyticsRequest, meter_ids: Sequence[str]) -> list[MeterUsageResponse]:
    wanted = tuple(sorted(_billed(ctx, request.external_customer_id).intersection(meter_ids)))
    rows = read_rows(ctx.session, Scope(wanted, (request.external_customer_id,), request.start_time, request.end_time))
    members: dict[str, list[UsageRow]] = {}
    for row in rows:
        members.setdefault(row.meter_id, []).append(row)
    return [_response(meter_id, held, request.aggregation_type, request.window_size) for meter_id, held in members.items()]


def _billed(ctx: Context, external_customer_id: str) -> set[str]:
    """Meters on a published usage line of the customer's current subscriptions."""
    statement = (
        select(SubscriptionLineItemRow.meter_id)
        .join(SubscriptionRow, SubscriptionRow.id == SubscriptionLineItemRow.subscription_id)
        .join(CustomerRow, CustomerRow.id == SubscriptionRow.customer_id)
        .where(
            CustomerRow.external_id == external_customer_id,
            CustomerRow.status == "published",
            SubscriptionRow.status == "published",
            SubscriptionRow.subscription_status.in_(_CURRENT),
            SubscriptionLineItemRow.status == "published",
            SubscriptionLineItemRow.meter_id != "",
        )
    )
    return set(ctx.session.scalars(statement))


def _empty(meter_id: str, aggregation_type: str) -> MeterUsageResponse:
    return MeterUsageResponse.model_construct(meter_id=meter_id, aggregation_type=aggregation_type, total_value=ZERO, event_count=0)


def _response(meter_id: str, rows: Sequence[UsageRow], aggregation_type: str, window_size: str) -> MeterUsageResponse:
    if not window_size:
        usage = aggregate(rows, aggregation_type)
        return MeterUsageResponse.model_construct(
            meter_id=meter_id, aggregation_type=aggregation_type, total_value=usage.quantity, event_count=usage.event_count
        )
    windows = by_window(rows, aggregation_type, window_size_or_day(window_size))
    # The total of a windowed read is the sum of its windows, of a maximum too (observed).
    return MeterUsageResponse.model_construct(
        meter_id=meter_id,
        aggregation_type=aggregation_type,
        total_value=add(*(window.value for window in windows)),
        event_count=sum(window.event_count for window in windows),
        points=[
            MeterUsagePoint.model_construct(timestamp=window_text(window.start), value=window.value, event_count=window.event_count)
            for window in windows
        ],
    )
