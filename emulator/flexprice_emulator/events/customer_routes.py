"""Usage summaries under /customers over HTTP."""

from flexprice_client.models.analytics import CustomerUsageSummaryResponse, UsageSummaryQuery
from flexprice_emulator.events.summary import usage_summary
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Customers", hint="Invalid request format")


@routes.get("/customers/usage")
def get_usage_summary(ctx: Context, query: UsageSummaryQuery) -> CustomerUsageSummaryResponse:
    return usage_summary(ctx, query)


@routes.get("/customers/{id}/usage")
def get_usage_summary_by_id(ctx: Context, id: str, query: UsageSummaryQuery) -> CustomerUsageSummaryResponse:
    query.customer_id = id
    return usage_summary(ctx, query)
