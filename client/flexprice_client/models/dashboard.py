"""Revenue figures of the web dashboard."""

from typing import Annotated

from flexprice_client.models.base import OMIT_NONE, Dec, Rule, Timestamp, WireModel, WireRequest


class RevenueTrendRequest(WireRequest):
    window_count: int | None = None


class DashboardRevenuesRequest(WireRequest):
    """`revenue_trend.window_count`: months, 3 by default."""

    revenue_trend: RevenueTrendRequest | None = None


class RevenueWindow(WireModel):
    """One calendar month (UTC); `window_label` is like "Jan 2026"."""

    window_start: Timestamp
    window_end: Timestamp
    window_label: str
    total_revenue: Dec


class CurrencyRevenueWindows(WireModel):
    windows: list[RevenueWindow]


class RevenueTrend(WireModel):
    """Months by currency, newest first."""

    currency_revenue_windows: dict[str, CurrencyRevenueWindows]
    window_size: str
    window_count: int


class PlanSubscriptions(WireModel):
    plan_id: str
    plan_name: str
    count: int


class RecentSubscriptions(WireModel):
    total_count: int
    plans: list[PlanSubscriptions]
    period_start: Timestamp
    period_end: Timestamp


class InvoicePaymentStatus(WireModel):
    """Counts of invoices."""

    paid: int
    pending: int
    failed: int
    period_start: Timestamp
    period_end: Timestamp


class DashboardRevenuesResponse(WireModel):
    revenue_trend: Annotated[RevenueTrend | None, OMIT_NONE] = None
    recent_subscriptions: Annotated[RecentSubscriptions | None, OMIT_NONE] = None
    invoice_payment_status: Annotated[InvoicePaymentStatus | None, OMIT_NONE] = None


class RevenueDashboardRequest(WireRequest):
    """Without `customer_ids` all customers; at most 1000 of them."""

    period_start: Annotated[Timestamp | None, Rule(binding="required")] = None
    period_end: Annotated[Timestamp | None, Rule(binding="required")] = None
    customer_ids: Annotated[list[str] | None, Rule(binding="omitempty,max=1000")] = None


class RevenueSummary(WireModel):
    """In one currency."""

    total_revenue: Dec
    total_usage_revenue: Dec
    total_fixed_revenue: Dec


class RevenueDashboardItem(RevenueSummary):
    """Of one customer, in one currency."""

    customer_id: str
    external_customer_id: str
    customer_name: str
    currency: str


class RevenueDashboardResponse(WireModel):
    """`summaries` by currency; `items` with the highest revenue first."""

    summaries: dict[str, RevenueSummary]
    items: list[RevenueDashboardItem]
