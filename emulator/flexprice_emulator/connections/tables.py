"""Storage of connections."""

from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from flexprice_emulator.workspace.storage import Entity, Table


class ConnectionRow(Entity, Table):
    __tablename__ = "connections"
    __table_args__ = (Index("connections_provider", "provider_type", unique=True, sqlite_where=text("status = 'published'")),)

    name: Mapped[str]
    provider_type: Mapped[str]
    sync_config: Mapped[dict[str, Any] | None]
    metadata_: Mapped[dict[str, Any] | None] = mapped_column("metadata")


class ConnectionSecretRow(Table):
    """A connection's credentials, apart from what is shown of it."""

    __tablename__ = "connection_secrets"

    connection_id: Mapped[str] = mapped_column(primary_key=True)
    secrets: Mapped[dict[str, Any]]
