"""Ending subscriptions, and what is scheduled for them, on the wire."""

from typing import Annotated, Any

from flexprice_client.models.base import OMIT_EMPTY, OMIT_NONE, Dec, Metadata, Rule, Timestamp, WireModel, WireRequest
from flexprice_client.models.invoices import InvoiceResponse


class CancelSubscriptionRequest(WireRequest):
    """`cancel_immediately_inovice_policy` is the API's own spelling; `cancel_at` belongs to `immediate` and `scheduled_date`."""

    cancellation_type: Annotated[str, Rule("required")]
    proration_behavior: str = ""
    cancel_immediately_inovice_policy: str = ""
    reason: str = ""
    cancel_at: Timestamp | None = None


class ProrationDetail(WireModel):
    """What a cancellation gives back for one line; usage lines give nothing."""

    line_item_id: str
    price_id: str
    plan_name: Annotated[str, OMIT_EMPTY] = ""
    original_amount: Dec
    credit_amount: Dec
    charge_amount: Dec
    proration_days: int
    description: Annotated[str, OMIT_EMPTY] = ""


class CancelSubscriptionResponse(WireModel):
    """`status` is the subscription's after the call; `proration_details` is null unless prorations were asked for."""

    subscription_id: str
    cancellation_type: str
    effective_date: Timestamp
    status: str
    reason: Annotated[str, OMIT_EMPTY] = ""
    proration_invoice: Annotated[InvoiceResponse | None, OMIT_NONE] = None
    proration_details: list[ProrationDetail] | None = None
    total_credit_amount: Dec
    message: str
    processed_at: Timestamp


class SubscriptionScheduleFilter(WireRequest):
    """What the list of schedules takes; anything else is ignored."""

    limit: int | None = None
    offset: int | None = None


class SubscriptionScheduleResponse(WireModel):
    """A plan change or cancellation that waits, or what became of it. `days_until_execution` counts whole days."""

    id: str
    subscription_id: str
    schedule_type: str
    scheduled_at: Timestamp
    status: str
    configuration: Annotated[dict[str, Any] | None, OMIT_NONE] = None
    executed_at: Annotated[Timestamp | None, OMIT_NONE] = None
    cancelled_at: Annotated[Timestamp | None, OMIT_NONE] = None
    execution_result: Annotated[dict[str, Any] | None, OMIT_NONE] = None
    error_message: Annotated[str | None, OMIT_NONE] = None
    metadata: Annotated[Metadata | None, OMIT_EMPTY] = None
    days_until_execution: int
    can_be_cancelled: bool
    created_at: Timestamp
    updated_at: Timestamp


class GetPendingSchedulesResponse(WireModel):
    """The schedules' own envelope."""

    schedules: list[SubscriptionScheduleResponse]
    count: int


class CancelScheduleRequest(WireRequest):
    """By id, or by subscription and type."""

    schedule_id: str = ""
    subscription_id: str = ""
    schedule_type: str = ""


class CancelScheduleResponse(WireModel):
    """What became of the schedule."""

    status: str
    message: str
