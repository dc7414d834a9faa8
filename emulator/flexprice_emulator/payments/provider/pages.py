"""The provider's pages: links, checkout and setup sessions, hosted invoices."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select

from flexprice_emulator.payments.gateways.table import GATEWAYS
from flexprice_emulator.payments.tables import ProviderPageRow
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.wire.errors import NotFoundError
from flexprice_emulator.workspace.context import Context

_NOWHERE = "127.0.0.1:8080"


def open_page(
    ctx: Context,
    provider: str,
    purpose: str,
    customer_id: str,
    *,
    amount: Decimal = ZERO,
    currency: str = "",
    payment_id: str = "",
    invoice_id: str = "",
    gateway_payment_id: str = "",
    gateway_invoice_id: str = "",
    save_card: bool = False,
    success_url: str = "",
    cancel_url: str = "",
) -> ProviderPageRow:
    """A new page that waits for a person; others of the same payment are closed."""
    dialect = GATEWAYS[provider]
    if payment_id:
        close_of(ctx, payment_id)
    return ctx.add(
        ProviderPageRow(
            id=ctx.new_id(dialect.page),
            provider=provider,
            purpose=purpose,
            state="open",
            customer_id=customer_id,
            payment_id=payment_id,
            invoice_id=invoice_id,
            gateway_payment_id=gateway_payment_id or ctx.new_id("seti" if purpose == "setup" else dialect.payment),
            gateway_invoice_id=gateway_invoice_id,
            amount=amount,
            currency=currency,
            save_card=save_card,
            success_url=_web(success_url),
            cancel_url=_web(cancel_url),
            created_at=ctx.now,
        )
    )


def page_url(ctx: Context, page: ProviderPageRow) -> str:
    """Where a browser finds it: on this emulator, as the request that asks reached it."""
    scheme = "https" if ctx.headers.get("x-forwarded-proto") == "https" else "http"
    return f"{scheme}://{ctx.headers.get('host') or _NOWHERE}{page_path(ctx, page)}"


def page_path(ctx: Context, page: ProviderPageRow) -> str:
    """Its path on this emulator."""
    return f"/_emulator/payments/pay/{ctx.environment_id}/{page.id}"


def get_page(ctx: Context, page_id: str) -> ProviderPageRow:
    """A page by the provider's id. Raises NotFoundError."""
    row = ctx.session.get(ProviderPageRow, page_id)
    if row is None:
        raise NotFoundError(f"no payment page {page_id}")
    return row


def pages(ctx: Context, *, payment_id: str = "", customer_id: str = "", state: str = "", limit: int = 100) -> Sequence[ProviderPageRow]:
    """Pages, newest first."""
    wanted = {"payment_id": payment_id, "customer_id": customer_id, "state": state}
    clauses = [getattr(ProviderPageRow, name) == value for name, value in wanted.items() if value]
    query = select(ProviderPageRow).where(*clauses).order_by(ProviderPageRow.created_at.desc(), ProviderPageRow.id.desc())
    return ctx.session.scalars(query.limit(limit)).all()


def open_page_of(ctx: Context, payment_id: str) -> ProviderPageRow | None:
    """The page where a payment can be made, if there is one."""
    found = pages(ctx, payment_id=payment_id, state="open", limit=1)
    return found[0] if found else None


def close_of(ctx: Context, payment_id: str, state: str = "closed") -> None:
    """A payment is over: nobody can pay it at its pages."""
    for page in pages(ctx, payment_id=payment_id, state="open"):
        close(ctx, page, state)


def close(ctx: Context, page: ProviderPageRow, state: str) -> None:
    """Nothing can be done at a page any more."""
    page.state, page.closed_at = state, ctx.now


def _web(address: str) -> str:
    """Only a web address is followed from a page."""
    return address if address.startswith(("http://", "https://")) else ""
