"""Storage of entitlements."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from flexprice_emulator.workspace.storage import Entity, Money, Table


class EntitlementRow(Entity, Table):
    """`entity_type`: PLAN, ADDON or SUBSCRIPTION. `usage_limit` None is unlimited. Dates and parent only on SUBSCRIPTION ones."""

    __tablename__ = "entitlements"
    __table_args__ = (Index("entitlements_entity", "entity_id", "entity_type"),)

    entity_type: Mapped[str]
    entity_id: Mapped[str]
    feature_id: Mapped[str] = mapped_column(index=True)
    feature_type: Mapped[str]
    is_enabled: Mapped[bool] = mapped_column(default=True)
    usage_limit: Mapped[int | None]
    usage_reset_period: Mapped[str] = mapped_column(default="")
    is_soft_limit: Mapped[bool] = mapped_column(default=False)
    static_value: Mapped[str] = mapped_column(default="")
    config_value: Mapped[dict[str, Any] | None]
    display_order: Mapped[int] = mapped_column(default=0)
    parent_entitlement_id: Mapped[str] = mapped_column(default="", index=True)
    start_date: Mapped[datetime | None]
    end_date: Mapped[datetime | None]
    aggregation_mode: Mapped[str] = mapped_column(default="additive")
    grant_measure: Mapped[str] = mapped_column(default="")
    grant_quota: Mapped[Decimal | None] = mapped_column(Money(15))
    grant_duration_value: Mapped[int | None]
    grant_duration_unit: Mapped[str] = mapped_column(default="")
    grant_allocation_behavior: Mapped[str] = mapped_column(default="")
