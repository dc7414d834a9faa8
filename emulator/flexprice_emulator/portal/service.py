"""Sessions and the session's customer (dashboard.md §3, wire.md §2)."""

from datetime import timedelta
from typing import Any

from flexprice_client.models.portal import PortalPaginatedRequest, PortalSessionResponse
from flexprice_emulator.customers.service import get_row
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.invoices.drafts import get_row as get_invoice
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.subscriptions.reads import get_row as get_subscription
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.wallets.lifecycle import get_row as get_wallet
from flexprice_emulator.wallets.tables import WalletRow
from flexprice_emulator.wire.errors import BareError, NotFoundError
from flexprice_emulator.wire.listing import DEFAULT_LIMIT
from flexprice_emulator.workspace.context import Context

PAGE = "http://localhost:3000"
LIFE = timedelta(hours=1)


def open_session(ctx: Context, customer: CustomerRow) -> PortalSessionResponse:
    """A token for a customer. It is good for an hour of the server's own clock, as all tokens; `expires_at` shows the workspace's."""
    server = ctx.server
    token = server.authenticator.make_token(
        server.registry.root.clock.now(),
        LIFE,
        customer_id=customer.id,
        external_customer_id=customer.external_id,
        tenant_id=ctx.tenant_id,
        environment_id=ctx.environment_id,
    )
    return PortalSessionResponse.model_construct(url=f"{PAGE}?token={token}", token=token, expires_at=ctx.now + LIFE)


def customer(ctx: Context) -> CustomerRow:
    """The session's customer. Raises NotFoundError, or BareError 401 without a session."""
    return get_row(ctx, _customer_id(ctx))


def subscription(ctx: Context, subscription_id: str) -> SubscriptionRow:
    """A subscription of the session's customer. Raises NotFoundError."""
    row = get_subscription(ctx, subscription_id)
    _own(ctx, row.customer_id, "Subscription")
    return row


def invoice(ctx: Context, invoice_id: str) -> InvoiceRow:
    """An invoice of the session's customer. Raises NotFoundError."""
    row = get_invoice(ctx, invoice_id)
    _own(ctx, row.customer_id, "Invoice")
    return row


def wallet(ctx: Context, wallet_id: str) -> WalletRow:
    """A wallet of the session's customer. Raises NotFoundError."""
    row = get_wallet(ctx, wallet_id)
    _own(ctx, row.customer_id, "Wallet")
    return row


def window(request: PortalPaginatedRequest) -> dict[str, Any]:
    """Limit and offset of a page; pages before the first are the first."""
    limit = request.limit or DEFAULT_LIMIT
    return {"limit": limit, "offset": (max(request.page or 1, 1) - 1) * max(limit, 0)}


def _own(ctx: Context, customer_id: str, kind: str) -> None:
    if customer_id != _customer_id(ctx):
        raise NotFoundError(f"{kind} does not belong to this customer")


def _customer_id(ctx: Context) -> str:
    held = ctx.principal.claims.get("customer_id")
    if not held:
        raise BareError(401, {"error": "Session token required"})
    return str(held)
