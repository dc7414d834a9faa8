"""The tiles of the first page: revenue by month, new subscriptions by plan, payments (events.md §11)."""

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select

from flexprice_client.models.dashboard import (
    CurrencyRevenueWindows,
    DashboardRevenuesRequest,
    DashboardRevenuesResponse,
    InvoicePaymentStatus,
    PlanSubscriptions,
    RecentSubscriptions,
    RevenueTrend,
    RevenueWindow,
)
from flexprice_emulator.catalog.tables import PlanRow
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.rating.decimals import ZERO, add
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.workspace.context import Context

DEFAULT_WINDOWS = 3
_RECENT = timedelta(days=7)
_PAID = ("SUCCEEDED", "OVERPAID")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def revenues(ctx: Context, request: DashboardRevenuesRequest) -> DashboardRevenuesResponse:
    """All tiles."""
    wanted = request.revenue_trend.window_count if request.revenue_trend else None
    return DashboardRevenuesResponse.model_construct(
        revenue_trend=_trend(ctx, wanted if wanted and wanted > 0 else DEFAULT_WINDOWS),
        recent_subscriptions=_recent(ctx),
        invoice_payment_status=_payments(ctx),
    )


def months_back(now: datetime, count: int) -> list[tuple[datetime, datetime]]:
    """The calendar month of `now` and those before it, newest first, as (start, next start); none before year 1."""
    start = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    end = (start + timedelta(days=32)).replace(day=1)
    windows = [(start, end)]
    while len(windows) < count and start > start.replace(year=1, month=1):
        start, end = (start - timedelta(days=1)).replace(day=1), start
        windows.append((start, end))
    return windows


def _trend(ctx: Context, count: int) -> RevenueTrend:
    windows = months_back(ctx.now, count)
    earned: dict[str, dict[tuple[int, int], Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    invoices = ctx.session.execute(
        select(InvoiceRow.currency, InvoiceRow.created_at, InvoiceRow.total).where(
            InvoiceRow.status == "published",
            InvoiceRow.invoice_status == "FINALIZED",
            InvoiceRow.created_at >= windows[-1][0],
            InvoiceRow.created_at < windows[0][1],
        )
    )
    for currency, created_at, total in invoices:
        month = (created_at.year, created_at.month)
        earned[currency][month] = add(earned[currency][month], total)
    return RevenueTrend.model_construct(
        currency_revenue_windows={
            currency: CurrencyRevenueWindows.model_construct(windows=[_window(start, end, months) for start, end in windows])
            for currency, months in sorted(earned.items())
        },
        window_size="MONTH",
        window_count=count,
    )


def _window(start: datetime, end: datetime, months: dict[tuple[int, int], Decimal]) -> RevenueWindow:
    return RevenueWindow.model_construct(
        window_start=start,
        window_end=end,
        window_label=f"{_MONTHS[start.month - 1]} {start.year:04d}",
        total_revenue=months.get((start.year, start.month), ZERO),
    )


def _recent(ctx: Context) -> RecentSubscriptions:
    since = ctx.now - _RECENT
    number = func.count().label("number")
    rows = ctx.session.execute(
        select(SubscriptionRow.plan_id, PlanRow.name, number)
        .join(PlanRow, PlanRow.id == SubscriptionRow.plan_id)
        .where(SubscriptionRow.status == "published", SubscriptionRow.created_at >= since, SubscriptionRow.created_at <= ctx.now)
        .group_by(SubscriptionRow.plan_id, PlanRow.name)
        .order_by(number.desc(), SubscriptionRow.plan_id)
    ).all()
    plans = [PlanSubscriptions.model_construct(plan_id=plan_id, plan_name=name, count=count) for plan_id, name, count in rows]
    return RecentSubscriptions.model_construct(
        total_count=sum(plan.count for plan in plans), plans=plans, period_start=since, period_end=ctx.now
    )


def _payments(ctx: Context) -> InvoicePaymentStatus:
    since = ctx.now - _RECENT
    rows = ctx.session.execute(
        select(InvoiceRow.payment_status, func.count())
        .where(
            InvoiceRow.status == "published",
            InvoiceRow.invoice_status == "FINALIZED",
            InvoiceRow.created_at >= since,
            InvoiceRow.created_at <= ctx.now,
        )
        .group_by(InvoiceRow.payment_status)
    ).all()
    counts: dict[str, int] = {row[0]: row[1] for row in rows}
    return InvoicePaymentStatus.model_construct(
        paid=sum(counts.get(status, 0) for status in _PAID),
        pending=counts.get("PENDING", 0),
        failed=counts.get("FAILED", 0),
        period_start=since,
        period_end=ctx.now,
    )
