"""/customer/portal over HTTP, with a session token."""

from typing import Any

from flexprice_client.models.analytics import (
    CustomerUsageSummaryResponse,
    GetUsageAnalyticsRequest,
    GetUsageAnalyticsResponse,
    UsageSummaryQuery,
)
from flexprice_client.models.cost_analytics import GetCostAnalyticsRequest, GetDetailedCostAnalyticsResponse
from flexprice_client.models.customers import CustomerResponse
from flexprice_client.models.invoices import InvoiceFilter, InvoiceResponse, ListInvoicesResponse
from flexprice_client.models.portal import PortalAnalyticsRequest, PortalCostAnalyticsRequest, PortalPaginatedRequest
from flexprice_client.models.settings import SettingResponse
from flexprice_client.models.subscriptions import ListSubscriptionsResponse, SubscriptionFilter
from flexprice_client.models.wallets import ListWalletTransactionsResponse, WalletBalanceResponse, WalletTransactionFilter
from flexprice_emulator.catalog.cost_analytics import cost_analytics
from flexprice_emulator.customers import service as customers
from flexprice_emulator.events.analytics.service import usage_analytics
from flexprice_emulator.events.summary import usage_summary
from flexprice_emulator.invoices import reads as invoices
from flexprice_emulator.platform.settings import service as settings
from flexprice_emulator.portal import service
from flexprice_emulator.subscriptions import reads as subscriptions
from flexprice_emulator.subscriptions.search import search as search_subscriptions
from flexprice_emulator.wallets import transactions
from flexprice_emulator.wallets.lifecycle import active_wallets
from flexprice_emulator.wallets.presentation import balance_response, wallet_responses
from flexprice_emulator.wallets.reading import real_time
from flexprice_emulator.wire.errors import UNEXPECTED, BareError, SystemFailure, ValidationError
from flexprice_emulator.wire.routing import Reply, Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Customer Portal", hint=UNEXPECTED, scope="portal")


@routes.get("/customer/portal/config")
def get_config(ctx: Context) -> SettingResponse:
    return settings.read(ctx, "customer_portal_config")


@routes.get("/customer/portal/info")
def get_info(ctx: Context) -> CustomerResponse:
    return customers.to_response(ctx, service.customer(ctx))


@routes.put("/customer/portal/info")
def update_info(ctx: Context) -> None:  # noqa: ARG001
    # Sessions carry no roles, so the gate before this operation lets none of them through, whatever the body.
    raise BareError(403, {"message": "insufficient permissions"})


@routes.get("/customer/portal/usage")
def get_usage(ctx: Context, query: UsageSummaryQuery) -> CustomerUsageSummaryResponse:
    own = {"customer_id": service.customer(ctx).id, "customer_lookup_key": ""}
    return usage_summary(ctx, query.model_copy(update=own))


@routes.search("/customer/portal/subscriptions")
def list_subscriptions(ctx: Context, body: PortalPaginatedRequest) -> ListSubscriptionsResponse:
    return search_subscriptions(ctx, SubscriptionFilter(customer_id=service.customer(ctx).id, **service.window(body)))


@routes.get("/customer/portal/subscriptions/{id}")
def get_subscription(ctx: Context, id: str) -> Reply:
    return subscriptions.full_reply(ctx, service.subscription(ctx, id))


@routes.search("/customer/portal/invoices")
def list_invoices(ctx: Context, body: PortalPaginatedRequest) -> ListInvoicesResponse:
    return invoices.search(ctx, InvoiceFilter(customer_id=service.customer(ctx).id, **service.window(body)))


@routes.get("/customer/portal/invoices/{id}")
def get_invoice(ctx: Context, id: str) -> InvoiceResponse:
    return invoices.read(ctx, service.invoice(ctx, id))


@routes.get("/customer/portal/invoices/{id}/pdf")
def get_invoice_pdf(ctx: Context, id: str) -> dict[str, Any]:
    url = service.invoice(ctx, id).invoice_pdf_url
    if not url:
        raise SystemFailure("s3 is not enabled but is required to generate invoice pdf url.")
    return {"presigned_url": url}


@routes.search("/customer/portal/wallets", body_optional=True)
def list_wallets(ctx: Context) -> list[WalletBalanceResponse]:
    # Without real-time figures, which the single wallet has.
    rows = active_wallets(ctx, service.customer(ctx).id)
    return [WalletBalanceResponse.model_construct(**dict(wallet)) for wallet in wallet_responses(ctx, rows, frozenset())]


@routes.get("/customer/portal/wallets/{id}", writes=True)
def get_wallet(ctx: Context, id: str) -> WalletBalanceResponse:
    row = service.wallet(ctx, id)
    return balance_response(ctx, row, real_time(ctx, row))


@routes.get("/customer/portal/wallets/{id}/transactions")
def list_wallet_transactions(ctx: Context, id: str, query: WalletTransactionFilter) -> ListWalletTransactionsResponse:
    return transactions.search(ctx, query.model_copy(update={"id": service.wallet(ctx, id).id}))


@routes.search("/customer/portal/analytics/revenue")
def get_revenue_analytics(ctx: Context, body: PortalAnalyticsRequest) -> GetUsageAnalyticsResponse:
    wanted = {name: getattr(body, name) for name in PortalAnalyticsRequest.model_fields}
    return usage_analytics(ctx, GetUsageAnalyticsRequest(external_customer_id=service.customer(ctx).external_id, **wanted))


@routes.search("/customer/portal/analytics/cost")
def get_cost_analytics(ctx: Context, body: PortalCostAnalyticsRequest) -> GetDetailedCostAnalyticsResponse:
    if body.start_time is None or body.end_time is None:
        raise ValidationError(UNEXPECTED)
    wanted = GetCostAnalyticsRequest(
        external_customer_id=service.customer(ctx).external_id,
        feature_ids=body.feature_ids,
        start_time=body.start_time,
        end_time=body.end_time,
        expand=body.expand,
    )
    return cost_analytics(ctx, wanted)
