"""A change of a wallet with all that follows from it: its event, alerts, auto top-up (wallets.md §5-6, §12)."""

from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.wallets import ledger
from flexprice_emulator.wallets.evaluation import after_change, after_purchase
from flexprice_emulator.wallets.ledger import Credit, Debit
from flexprice_emulator.wallets.tables import WalletRow, WalletTransactionRow
from flexprice_emulator.workspace.context import Context

__all__ = ["add_bonus", "after_purchase", "credit", "debit"]


def credit(ctx: Context, wallet: WalletRow, wanted: Credit, *, bonus: Credit | None = None, depth: int = 0) -> WalletTransactionRow:
    """Add credits at once, and a bonus row beside them, which has no event of its own. Raises what ledger.credit raises."""
    row = ledger.credit(ctx, wallet, wanted)
    add_bonus(ctx, wallet, row, bonus)
    ctx.emit("wallet.transaction.created", transaction_id=row.id)
    after_change(ctx, wallet, depth=depth)
    return row


def debit(ctx: Context, wallet: WalletRow, wanted: Debit) -> WalletTransactionRow:
    """Take credits out. Raises what ledger.debit raises."""
    row = ledger.debit(ctx, wallet, wanted)
    ctx.emit("wallet.transaction.created", transaction_id=row.id)
    after_change(ctx, wallet)
    return row


def add_bonus(ctx: Context, wallet: WalletRow, purchase: WalletTransactionRow, bonus: Credit | None) -> None:
    """The bonus row of a purchase, in the same state."""
    if bonus is not None and bonus.credits > ZERO:
        ledger.credit(
            ctx,
            wallet,
            Credit(
                bonus.credits,
                "PURCHASED_CREDIT_BONUS",
                reference_type="",
                description="Bonus credits for purchase",
                expiry_date=bonus.expiry_date,
                pending=purchase.transaction_status == "pending",
                parent_transaction_id=purchase.id,
            ),
        )
