"""What other domains ask of wallets."""

from collections.abc import Sequence
from decimal import Decimal

from flexprice_client.models.base import Metadata
from flexprice_emulator.rating.credits import Wallet
from flexprice_emulator.rating.decimals import ZERO, divide, to_text
from flexprice_emulator.wallets import operations
from flexprice_emulator.wallets.debits import ADJUSTMENT, adjust_invoice, adjustments_of, pay_invoice
from flexprice_emulator.wallets.evaluation import after_usage
from flexprice_emulator.wallets.expiry import expire
from flexprice_emulator.wallets.ledger import Credit
from flexprice_emulator.wallets.lifecycle import POSTPAID, PREPAID, active_wallets, get_row, open_wallet
from flexprice_emulator.wallets.tables import WalletRow, WalletTransactionRow
from flexprice_emulator.wallets.topup import complete_purchase
from flexprice_emulator.workspace.context import Context

__all__ = [
    "active_wallets",
    "adjust_invoice",
    "adjustments_of",
    "after_usage",
    "complete_purchase",
    "credit_proration",
    "expire",
    "for_credit_adjustment",
    "for_payment",
    "for_rating",
    "get_row",
    "has_active",
    "open_wallet",
    "pay_invoice",
    "prepaid_or_new",
    "refund_credit_note",
    "refund_voided_invoice",
    "return_adjustment",
]
_ORDER_OF_TYPES = (("USAGE",), ("FIXED",))


def for_credit_adjustment(ctx: Context, customer_id: str, currency: str) -> list[WalletRow]:
    """Prepaid wallets with money, highest stored balance first (wallets.md §11.1)."""
    rows = [row for row in active_wallets(ctx, customer_id, currency, PREPAID) if row.balance > ZERO]
    return sorted(rows, key=lambda row: -row.balance)


def for_rating(rows: Sequence[WalletRow]) -> tuple[Wallet, ...]:
    """Wallets as the rating core takes them."""
    return tuple(Wallet(row.id, row.balance) for row in rows)


def for_payment(ctx: Context, customer_id: str, currency: str) -> list[WalletRow]:
    """Postpaid wallets with money: those for usage only, for fixed charges only, for all; highest balance first (wallets.md §11.2)."""

    def place(row: WalletRow) -> int:
        allowed = tuple(row.config.get("allowed_price_types") or ())
        return _ORDER_OF_TYPES.index(allowed) if allowed in _ORDER_OF_TYPES else len(_ORDER_OF_TYPES)

    rows = [row for row in active_wallets(ctx, customer_id, currency, POSTPAID) if row.balance > ZERO]
    return sorted(rows, key=lambda row: (place(row), -row.balance))


def has_active(ctx: Context, customer_id: str) -> bool:
    """Whether a customer has an active wallet, and so cannot be deleted."""
    return bool(active_wallets(ctx, customer_id))


def prepaid_or_new(ctx: Context, customer_id: str, currency: str, *, name: str = "", metadata: Metadata | None = None) -> WalletRow:
    """The customer's oldest active prepaid wallet of the currency, else a new one at rate 1, told by wallet.created."""
    held = active_wallets(ctx, customer_id, currency, PREPAID)
    return held[0] if held else _opened(ctx, customer_id, currency, name, metadata)


def refund_credit_note(
    ctx: Context, customer_id: str, currency: str, amount: Decimal, credit_note_id: str, credit_note_number: str
) -> WalletTransactionRow:
    """Money of a refund note into the oldest active wallet of the currency, of any type, else a new prepaid one."""
    held = active_wallets(ctx, customer_id, currency)
    wallet = held[0] if held else _opened(ctx, customer_id, currency)
    return _refund(
        ctx, wallet, amount, "CREDIT_NOTE", credit_note_id, f"Credit note refund: {credit_note_number}", {"credit_note_id": credit_note_id}
    )


def refund_voided_invoice(
    ctx: Context, customer_id: str, currency: str, amount: Decimal, invoice_id: str, invoice_number: str
) -> WalletTransactionRow:
    """Money of a voided invoice into the customer's prepaid wallet."""
    wallet = prepaid_or_new(ctx, customer_id, currency, name="Subscription Wallet")
    description = f"Refund for voided invoice: {invoice_number}"
    return _refund(ctx, wallet, amount, "INVOICE_VOID_REFUND", invoice_id, description, {"invoice_id": invoice_id})


def credit_proration(ctx: Context, customer_id: str, currency: str, amount: Decimal, key: str) -> WalletTransactionRow:
    """Money of a downgrade, a smaller quantity or a cancellation. Raises AlreadyExistsError for a used key."""
    made_for = {"created_for": "proration_credit", "source": "subscription_change"}
    wallet = prepaid_or_new(ctx, customer_id, currency, name="Proration Credit Wallet", metadata=made_for)
    metadata = {"customer_id": customer_id, "source": "subscription_change_proration"}
    return _refund(ctx, wallet, amount, "SUBSCRIPTION_CREDIT_GRANT", key, "Proration credit from subscription change", metadata)


def return_adjustment(ctx: Context, wallet_id: str, amount: Decimal, invoice_id: str, customer_id: str) -> WalletTransactionRow:
    """Give money back that adjust_invoice took, as credits without expiry; a closed wallet's goes to a prepaid one of the customer."""
    source = get_row(ctx, wallet_id)
    wallet = source if source.wallet_status == "active" else prepaid_or_new(ctx, customer_id, source.currency)
    return operations.credit(
        ctx,
        wallet,
        Credit(
            divide(amount, wallet.conversion_rate),
            ADJUSTMENT,
            reference_type="INVOICE",
            reference_id=invoice_id,
            description=f"Amount of credit adjustment returned from invoice {invoice_id} to wallet {wallet.id}",
            metadata={"invoice_id": invoice_id, "customer_id": customer_id, "amount": to_text(amount), "from_wallet_id": wallet_id},
        ),
    )


def _opened(ctx: Context, customer_id: str, currency: str, name: str = "", metadata: Metadata | None = None) -> WalletRow:
    wallet = open_wallet(ctx, customer_id, currency, PREPAID, name=name, metadata=metadata)
    ctx.emit("wallet.created", wallet_id=wallet.id)
    return wallet


def _refund(
    ctx: Context, wallet: WalletRow, amount: Decimal, reason: str, key: str, description: str, metadata: Metadata
) -> WalletTransactionRow:
    worth = divide(amount, wallet.topup_conversion_rate)
    return operations.credit(
        ctx, wallet, Credit(worth, reason, reference_id=key, idempotency_key=key, description=description, metadata=metadata)
    )
