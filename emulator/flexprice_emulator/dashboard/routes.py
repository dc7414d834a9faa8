"""/dashboard over HTTP."""

from flexprice_client.models.dashboard import (
    DashboardRevenuesRequest,
    DashboardRevenuesResponse,
    RevenueDashboardRequest,
    RevenueDashboardResponse,
)
from flexprice_emulator.dashboard.revenue import revenue_dashboard
from flexprice_emulator.dashboard.trend import revenues
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Dashboard")


@routes.search("/dashboard/revenues", body_optional=True)
def get_revenues(ctx: Context, body: DashboardRevenuesRequest) -> DashboardRevenuesResponse:
    return revenues(ctx, body)


@routes.search("/dashboard/revenue-dashboard")
def get_revenue_dashboard(ctx: Context, body: RevenueDashboardRequest) -> RevenueDashboardResponse:
    return revenue_dashboard(ctx, body)
