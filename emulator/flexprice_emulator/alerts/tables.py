"""Storage of spend alert settings."""

from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from flexprice_emulator.workspace.storage import Entity, Table


class AlertSettingRow(Entity, Table):
    """One for each entity, and parent where it has one; archived rows do not count."""

    __tablename__ = "alert_settings"
    __table_args__ = (Index("alert_settings_of", "entity_type", "entity_id"),)

    entity_type: Mapped[str]
    entity_id: Mapped[str]
    parent_entity_type: Mapped[str] = mapped_column(default="")
    parent_entity_id: Mapped[str] = mapped_column(default="", index=True)
    enabled: Mapped[bool] = mapped_column(default=False)
    config: Mapped[dict[str, Any]]
