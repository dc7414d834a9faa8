"""Credits that count when they are paid (wallets.md §5.6)."""

from flexprice_client.models.checkout import CheckoutSessionResponse
from flexprice_client.models.subscriptions import CheckoutParams
from flexprice_emulator.checkout.sessions import begin, check, open_session_of, to_response
from flexprice_emulator.checkout.tables import CheckoutSessionRow
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.wallets.tables import WalletRow, WalletTransactionRow
from flexprice_emulator.wire.errors import AlreadyExistsError
from flexprice_emulator.workspace.context import Context


def check_open(ctx: Context, wallet: WalletRow, terms: CheckoutParams) -> None:
    """Raises AlreadyExistsError while another session of the wallet waits, and as `check`."""
    check(ctx, wallet.customer_id, terms)
    if open_session_of(ctx, wallet.id) is not None:
        raise AlreadyExistsError("A checkout session for this wallet is open", {"wallet_id": wallet.id})


def open_for(
    ctx: Context, wallet: WalletRow, transaction: WalletTransactionRow, invoice: InvoiceRow, terms: CheckoutParams
) -> CheckoutSessionResponse:
    """The session of a pending purchase. Raises as `begin`."""
    configuration = {"wallet_topup_params": {"wallet_id": wallet.id, "wallet_transaction_id": transaction.id}}
    waiting = {"transaction_id": transaction.id}
    return to_response(ctx, begin(ctx, "wallet_topup", wallet.id, invoice, terms, configuration, waiting))


def carry_out(ctx: Context, session: CheckoutSessionRow) -> None:
    """Nothing more: the paid invoice has completed the purchase (payments/settlement.py)."""


def drop(ctx: Context, session: CheckoutSessionRow) -> None:
    """The purchase and its bonus fail."""
    purchase = session.waiting["transaction_id"]
    rows = [
        ctx.session.get(WalletTransactionRow, purchase),
        *ctx.session.query(WalletTransactionRow).filter_by(parent_transaction_id=purchase),
    ]
    for row in rows:
        if row is not None and row.transaction_status == "pending":
            row.transaction_status = "failed"
            ctx.touch(row)
