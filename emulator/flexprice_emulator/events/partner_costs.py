"""POST /events/huggingface-billing: what single events cost (events.md §10)."""

from decimal import Decimal

from flexprice_client.models.events import EventCostInfo, GetHuggingFaceBillingDataRequest, GetHuggingFaceBillingDataResponse
from flexprice_emulator.catalog.price_view import rating_price
from flexprice_emulator.catalog.tables import PriceRow
from flexprice_emulator.events.lookup import find_event, live_lines, measured_event, published_customer
from flexprice_emulator.rating.decimals import ZERO, multiply
from flexprice_emulator.rating.pricing.cost import calculate_cost
from flexprice_emulator.rating.pricing.model import Price
from flexprice_emulator.workspace.context import Context

_NANO = Decimal(10**9)


def event_costs(ctx: Context, request: GetHuggingFaceBillingDataRequest) -> GetHuggingFaceBillingDataResponse:
    """The costs in the order asked. One price counts for a customer's meter in the whole call, whatever the events' times."""
    prices: dict[tuple[str, str], Price | None] = {}
    return GetHuggingFaceBillingDataResponse.model_construct(
        requests=[
            EventCostInfo.model_construct(request_id=event_id, cost_nano_usd=_cost(ctx, event_id, prices))
            for event_id in request.request_ids
        ]
    )


def _cost(ctx: Context, event_id: str, prices: dict[tuple[str, str], Price | None]) -> Decimal:
    event = find_event(ctx, event_id)
    measured = measured_event(ctx, event) if event else None
    if event is None or measured is None:
        return ZERO
    key = (event.external_customer_id, measured.meter_id)
    if key not in prices:
        customer = published_customer(ctx, event.external_customer_id)
        lines = live_lines(ctx, customer.id, measured.meter_id, event.timestamp) if customer else []
        row = ctx.session.get(PriceRow, lines[0].price_id) if lines else None
        prices[key] = rating_price(row) if row else None
    price = prices[key]
    return ZERO if price is None else multiply(calculate_cost(price, measured.quantity), _NANO)
