"""Storage of wallets, their ledger, and what alerts have been logged. Scales are wallets.md §1.2's."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from flexprice_emulator.workspace.storage import Entity, Money, Table


class WalletRow(Entity, Table):
    """`balance` is money, `credit_balance` credits (it may be negative). `alert_state` follows the real-time balance.

    `cached_balance` is the real-time balance, in money, that was last computed at `cached_at`.
    """

    __tablename__ = "wallets"
    __table_args__ = (Index("wallets_of_customer", "customer_id", "currency", "wallet_status"),)

    customer_id: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    currency: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")
    balance: Mapped[Decimal] = mapped_column(Money(9))
    credit_balance: Mapped[Decimal] = mapped_column(Money(9))
    wallet_status: Mapped[str] = mapped_column(default="active")
    wallet_type: Mapped[str]
    config: Mapped[dict[str, Any]]
    conversion_rate: Mapped[Decimal] = mapped_column(Money(5))
    topup_conversion_rate: Mapped[Decimal] = mapped_column(Money(5))
    auto_topup: Mapped[dict[str, Any] | None]
    alert_settings: Mapped[dict[str, Any] | None]
    alert_state: Mapped[str] = mapped_column(default="ok")
    cached_balance: Mapped[Decimal | None] = mapped_column(Money(9))
    cached_at: Mapped[datetime | None]


class WalletTransactionRow(Entity, Table):
    """One change of a wallet. `idempotency_key` is unique in the environment, not per wallet.

    `credits_available` is what a credit still holds; amounts are positive for credits and debits alike.
    """

    __tablename__ = "wallet_transactions"
    __table_args__ = (
        Index(
            "wallet_transactions_key", "idempotency_key", unique=True, sqlite_where=text("status = 'published' AND idempotency_key != ''")
        ),
        Index("wallet_transactions_of", "wallet_id", "type", "transaction_status"),
        Index("wallet_transactions_expiring", "expiry_date", sqlite_where=text("expiry_date IS NOT NULL")),
    )

    wallet_id: Mapped[str]
    customer_id: Mapped[str] = mapped_column(default="")
    type: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(Money(9))
    credit_amount: Mapped[Decimal] = mapped_column(Money(9))
    credit_balance_before: Mapped[Decimal] = mapped_column(Money(9))
    credit_balance_after: Mapped[Decimal] = mapped_column(Money(9))
    transaction_status: Mapped[str] = mapped_column(default="completed")
    reference_type: Mapped[str] = mapped_column(default="")
    reference_id: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")
    expiry_date: Mapped[datetime | None]
    credits_available: Mapped[Decimal] = mapped_column(Money(9))
    transaction_reason: Mapped[str]
    priority: Mapped[int | None]
    currency: Mapped[str] = mapped_column(default="")
    parent_transaction_id: Mapped[str] = mapped_column(default="")
    conversion_rate: Mapped[Decimal | None] = mapped_column(Money(5))
    topup_conversion_rate: Mapped[Decimal | None] = mapped_column(Money(5))
    idempotency_key: Mapped[str] = mapped_column(default="")


class AlertLogRow(Entity, Table):
    """A change of an alert's state (wallets.md §9.6). The newest row of a stream holds its present state."""

    __tablename__ = "alert_logs"
    __table_args__ = (Index("alert_logs_stream", "entity_type", "entity_id", "alert_type"),)

    entity_type: Mapped[str]
    entity_id: Mapped[str]
    parent_entity_type: Mapped[str] = mapped_column(default="")
    parent_entity_id: Mapped[str] = mapped_column(default="")
    customer_id: Mapped[str] = mapped_column(default="", index=True)
    alert_type: Mapped[str]
    alert_status: Mapped[str]
    alert_info: Mapped[dict[str, Any]]
    alert_setting_id: Mapped[str] = mapped_column(default="")
