"""Storage of the catalogue. Decimal scales are those of rating.md §0."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from flexprice_emulator.workspace.storage import Entity, Json, Money, Table

_KEYED = text("status = 'published' AND lookup_key <> ''")
_PUBLISHED = text("status = 'published'")


class MeterRow(Entity, Table):
    """`aggregation`: type, field, expression, multiplier, bucket_size, group_by; `filters`: [{key, values}]."""

    __tablename__ = "meters"

    name: Mapped[str]
    event_name: Mapped[str] = mapped_column(index=True)
    aggregation: Mapped[dict[str, Any]]
    filters: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    reset_usage: Mapped[str]


class FeatureRow(Entity, Table):
    __tablename__ = "features"
    __table_args__ = (Index("features_lookup_key", "lookup_key", unique=True, sqlite_where=_KEYED),)

    name: Mapped[str]
    lookup_key: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    meter_id: Mapped[str] = mapped_column(default="", index=True)
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")
    type: Mapped[str]
    unit_singular: Mapped[str] = mapped_column(default="")
    unit_plural: Mapped[str] = mapped_column(default="")
    reporting_unit: Mapped[dict[str, Any] | None]
    alert_settings: Mapped[dict[str, Any] | None]
    group_id: Mapped[str] = mapped_column(default="", index=True)


class PriceUnitRow(Entity, Table):
    __tablename__ = "price_units"
    __table_args__ = (Index("price_units_code", "code", unique=True, sqlite_where=_PUBLISHED),)

    name: Mapped[str]
    code: Mapped[str]
    symbol: Mapped[str]
    base_currency: Mapped[str]
    conversion_rate: Mapped[Decimal] = mapped_column(Money(5))
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")


class PriceRow(Entity, Table):
    """`tiers` and `price_unit_tiers`: [{up_to, unit_amount, flat_amount?}] with decimals as text.

    `price_unit` is the unit's code; FIAT prices hold unit amount 0 and rate 1. `sequence` counts every creation and ending.
    """

    __tablename__ = "prices"
    __table_args__ = (
        Index(
            "prices_lookup_key",
            "lookup_key",
            unique=True,
            sqlite_where=text("status = 'published' AND lookup_key <> '' AND end_date IS NULL"),
        ),
        Index("prices_entity", "entity_id", "entity_type"),
    )

    amount: Mapped[Decimal] = mapped_column(Money(15))
    currency: Mapped[str]
    price_unit_type: Mapped[str] = mapped_column(default="FIAT")
    price_unit_id: Mapped[str] = mapped_column(default="")
    price_unit: Mapped[str] = mapped_column(default="")
    price_unit_amount: Mapped[Decimal] = mapped_column(Money(15), default=Decimal(0))
    conversion_rate: Mapped[Decimal] = mapped_column(Money(15), default=Decimal(1))
    price_unit_tiers: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    type: Mapped[str]
    billing_period: Mapped[str]
    billing_period_count: Mapped[int]
    billing_model: Mapped[str]
    billing_cadence: Mapped[str] = mapped_column(default="RECURRING")
    invoice_cadence: Mapped[str]
    trial_period_days: Mapped[int] = mapped_column(default=0)
    min_quantity: Mapped[Decimal | None] = mapped_column(Money(8))
    tier_mode: Mapped[str] = mapped_column(default="")
    tiers: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    transform_quantity: Mapped[dict[str, Any]]
    meter_id: Mapped[str] = mapped_column(default="", index=True)
    display_name: Mapped[str] = mapped_column(default="")
    lookup_key: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    metadata_: Mapped[dict[str, str]] = mapped_column("metadata")
    entity_type: Mapped[str]
    entity_id: Mapped[str]
    parent_price_id: Mapped[str] = mapped_column(default="", index=True)
    group_id: Mapped[str] = mapped_column(default="", index=True)
    start_date: Mapped[datetime | None]
    end_date: Mapped[datetime | None]
    sequence: Mapped[int] = mapped_column(index=True)


class PlanRow(Entity, Table):
    """`prices_synced_at`: when subscriptions last followed its prices."""

    __tablename__ = "plans"
    __table_args__ = (Index("plans_lookup_key", "lookup_key", unique=True, sqlite_where=_KEYED),)

    name: Mapped[str]
    lookup_key: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    display_order: Mapped[int] = mapped_column(default=0)
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")
    prices_synced_at: Mapped[datetime | None]


class AddonRow(Entity, Table):
    __tablename__ = "addons"
    __table_args__ = (Index("addons_lookup_key", "lookup_key", unique=True, sqlite_where=_KEYED),)

    name: Mapped[str]
    lookup_key: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    metadata_: Mapped[dict[str, Any] | None] = mapped_column("metadata")


class GroupRow(Entity, Table):
    """`entity_type`: price or feature; members point here by their group_id."""

    __tablename__ = "groups"
    __table_args__ = (Index("groups_lookup_key", "lookup_key", unique=True, sqlite_where=_PUBLISHED),)

    name: Mapped[str]
    lookup_key: Mapped[str]
    entity_type: Mapped[str]
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")


class CostsheetRow(Entity, Table):
    """`status` becomes deleted, not archived."""

    __tablename__ = "costsheets"
    __table_args__ = (Index("costsheets_lookup_key", "lookup_key", unique=True, sqlite_where=_KEYED),)

    name: Mapped[str]
    lookup_key: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")
