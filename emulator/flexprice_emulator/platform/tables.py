"""Root tables, which exist once for a server whatever the environment (wire.md §2), and an environment's settings."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from flexprice_emulator.workspace.storage import Entity, RootTable, Table


class TenantRow(RootTable):
    __tablename__ = "tenants"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    status: Mapped[str] = mapped_column(default="published")
    billing_details: Mapped[dict[str, Any] | None]
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class UserRow(Entity, RootTable):
    __tablename__ = "users"

    tenant_id: Mapped[str]
    email: Mapped[str] = mapped_column(default="")
    name: Mapped[str] = mapped_column(default="")
    type: Mapped[str] = mapped_column(default="user")
    roles: Mapped[list[str]]
    metadata_: Mapped[dict[str, str] | None] = mapped_column("metadata")
    password_hash: Mapped[str] = mapped_column(default="")


class EnvironmentRow(Entity, RootTable):
    __tablename__ = "environments"

    tenant_id: Mapped[str]
    name: Mapped[str]
    type: Mapped[str] = mapped_column(default="development")


class SecretRow(Entity, RootTable):
    __tablename__ = "secrets"

    tenant_id: Mapped[str]
    environment_id: Mapped[str]
    name: Mapped[str]
    type: Mapped[str]
    provider: Mapped[str] = mapped_column(default="flexprice")
    value_hash: Mapped[str] = mapped_column(index=True)
    display_id: Mapped[str] = mapped_column(default="")
    roles: Mapped[list[str]]
    user_type: Mapped[str] = mapped_column(default="user")
    user_id: Mapped[str] = mapped_column(default="")
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class TenantSettingRow(Entity, RootTable):
    """A setting that holds for a whole tenant (`tenant_config`)."""

    __tablename__ = "tenant_settings"

    tenant_id: Mapped[str] = mapped_column(index=True)
    key: Mapped[str]
    value: Mapped[dict[str, Any]]


class SettingRow(Entity, Table):
    """A setting of an environment; at most one published row a key."""

    __tablename__ = "settings"

    key: Mapped[str] = mapped_column(index=True)
    value: Mapped[dict[str, Any]]
