"""Storage of tax rates and their associations."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from flexprice_emulator.workspace.storage import Entity, Money, Table


class TaxRateRow(Entity, Table):
    """The value not used by `tax_rate_type` is 0."""

    __tablename__ = "tax_rates"
    __table_args__ = (Index("tax_rates_code", "code", unique=True, sqlite_where=text("status = 'published'")),)

    name: Mapped[str]
    code: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    tax_rate_status: Mapped[str] = mapped_column(default="ACTIVE")
    tax_rate_type: Mapped[str]
    scope: Mapped[str] = mapped_column(default="INTERNAL")
    percentage_value: Mapped[Decimal] = mapped_column(Money(6))
    fixed_value: Mapped[Decimal] = mapped_column(Money(6))
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")


class TaxAssociationRow(Entity, Table):
    """A rate linked to an entity: `entity_type` customer, subscription, invoice or tenant."""

    __tablename__ = "tax_associations"
    __table_args__ = (Index("tax_associations_of", "entity_type", "entity_id"),)

    tax_rate_id: Mapped[str] = mapped_column(index=True)
    entity_type: Mapped[str]
    entity_id: Mapped[str]
    priority: Mapped[int] = mapped_column(default=0)
    auto_apply: Mapped[bool] = mapped_column(default=False)
    currency: Mapped[str] = mapped_column(default="")
    start_date: Mapped[datetime]
    end_date: Mapped[datetime | None]
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")
