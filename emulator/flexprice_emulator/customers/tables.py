"""Storage of customers."""

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from flexprice_emulator.workspace.storage import Entity, Table


class CustomerRow(Entity, Table):
    __tablename__ = "customers"
    __table_args__ = (Index("customers_external_id", "external_id", unique=True, sqlite_where=text("status = 'published'")),)

    external_id: Mapped[str]
    name: Mapped[str]
    email: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")
    address_line1: Mapped[str] = mapped_column(default="")
    address_line2: Mapped[str] = mapped_column(default="")
    address_city: Mapped[str] = mapped_column(default="")
    address_state: Mapped[str] = mapped_column(default="")
    address_postal_code: Mapped[str] = mapped_column(default="")
    address_country: Mapped[str] = mapped_column(default="")
    timezone: Mapped[str] = mapped_column(default="UTC")
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")
