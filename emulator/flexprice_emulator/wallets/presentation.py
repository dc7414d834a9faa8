"""Wallets, balances and ledger entries as the wire shows them."""

from collections.abc import Sequence
from typing import Any

from flexprice_client.models.wallets import WalletBalanceResponse, WalletResponse, WalletTransactionResponse
from flexprice_emulator.wallets.balances import RealTime, breakdowns
from flexprice_emulator.wallets.evaluation import has_thresholds
from flexprice_emulator.wallets.tables import WalletRow, WalletTransactionRow
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

EXPANDS = {"credits_available_breakdown"}
BREAKDOWN = "credits_available_breakdown"


def wallet_response(ctx: Context, row: WalletRow, **extra: Any) -> WalletResponse:
    """Stored balances only."""
    return present(ctx, WalletResponse, row, **_alerts(row), **extra)


def wallet_responses(ctx: Context, rows: Sequence[WalletRow], expand: frozenset[str]) -> list[WalletResponse]:
    """Several wallets, with their breakdowns where expanded."""
    shown = breakdowns(ctx, [row.id for row in rows]) if BREAKDOWN in expand else {}
    return [wallet_response(ctx, row, credits_available_breakdown=shown.get(row.id)) for row in rows]


def balance_response(ctx: Context, row: WalletRow, found: RealTime, expand: frozenset[str] = frozenset()) -> WalletBalanceResponse:
    """A wallet with its real-time figures."""
    shown = breakdowns(ctx, [row.id]) if BREAKDOWN in expand else {}
    return present(
        ctx,
        WalletBalanceResponse,
        row,
        **_alerts(row),
        real_time_balance=found.real_time_balance,
        real_time_credit_balance=found.real_time_credit_balance,
        balance_updated_at=row.updated_at,
        current_period_usage=found.current_period_usage,
        unpaid_invoices_amount=found.unpaid_invoices_amount,
        is_cached_fallback=found.is_cached_fallback,
        credits_available_breakdown=shown.get(row.id),
    )


def transaction_response(ctx: Context, row: WalletTransactionRow, **extra: Any) -> WalletTransactionResponse:
    """One ledger entry."""
    return present(ctx, WalletTransactionResponse, row, **extra)


def _alerts(row: WalletRow) -> dict[str, Any]:
    return {"alert_settings": row.alert_settings if has_thresholds(row.alert_settings) else None}
