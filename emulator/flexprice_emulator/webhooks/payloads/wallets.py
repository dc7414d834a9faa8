"""WAL, TXN and TXU (wallets.md §12)."""

from collections.abc import Mapping
from typing import Any

from flexprice_client.models.webhooks import (
    TransactionUpdatedWebhookPayload,
    TransactionWebhookPayload,
    Wallet,
    WalletAlertInfo,
    WalletTransaction,
    WalletWebhookPayload,
)
from flexprice_emulator.wallets.tables import WalletRow, WalletTransactionRow
from flexprice_emulator.webhooks.payloads.subject import named
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context


def wallet(ctx: Context, event_name: str, subject: Mapping[str, Any]) -> WalletWebhookPayload:
    """`subject`: wallet_id, alert (of that moment, or None), snapshot (the whole wallet as it was at that moment, or None)."""
    row = named(ctx, WalletRow, subject, "wallet_id")
    snapshot, alert = subject.get("snapshot"), subject.get("alert")
    return WalletWebhookPayload.model_construct(
        event_type=event_name,
        wallet=Wallet.model_validate(snapshot) if snapshot else present(ctx, Wallet, row),
        alert=WalletAlertInfo.model_validate(alert) if alert else None,
    )


def transaction(ctx: Context, event_name: str, subject: Mapping[str, Any]) -> TransactionWebhookPayload:
    """`subject`: transaction_id."""
    return TransactionWebhookPayload.model_construct(event_type=event_name, transaction=_shown(ctx, subject))


def updated_transaction(ctx: Context, event_name: str, subject: Mapping[str, Any]) -> TransactionUpdatedWebhookPayload:
    """`subject`: transaction_id."""
    return TransactionUpdatedWebhookPayload.model_construct(event_type=event_name, updated_transaction=_shown(ctx, subject))


def _shown(ctx: Context, subject: Mapping[str, Any]) -> WalletTransaction:
    return present(ctx, WalletTransaction, named(ctx, WalletTransactionRow, subject, "transaction_id"))
