"""Storage of mappings and usage records."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from flexprice_emulator.workspace.storage import Entity, Money, Table


class IntegrationMappingRow(Entity, Table):
    __tablename__ = "integration_mappings"
    __table_args__ = (
        Index(
            "integration_mappings_entity",
            "entity_type",
            "entity_id",
            "provider_type",
            unique=True,
            sqlite_where=text("status = 'published'"),
        ),
    )

    entity_type: Mapped[str]
    entity_id: Mapped[str]
    provider_type: Mapped[str]
    provider_entity_id: Mapped[str]
    metadata_: Mapped[dict[str, Any] | None] = mapped_column("metadata")


class UsageRecordRow(Entity, Table):
    __tablename__ = "usage_records"

    customer_id: Mapped[str] = mapped_column(index=True)
    customer_external_id: Mapped[str] = mapped_column(default="")
    subscription_id: Mapped[str] = mapped_column(default="")
    plan_id: Mapped[str] = mapped_column(default="")
    currency: Mapped[str] = mapped_column(default="")
    amount: Mapped[Decimal] = mapped_column(Money(15), default=Decimal(0))
    quantity: Mapped[Decimal] = mapped_column(Money(15), default=Decimal(0))
    period_start: Mapped[datetime]
    period_end: Mapped[datetime]
    synced: Mapped[bool] = mapped_column(default=False)
    syncs: Mapped[dict[str, Any] | None]
