"""Storage of tasks and recurring exports."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from flexprice_emulator.workspace.storage import Entity, Table


class TaskRow(Entity, Table):
    __tablename__ = "tasks"

    task_type: Mapped[str]
    entity_type: Mapped[str]
    scheduled_task_id: Mapped[str] = mapped_column(default="", index=True)
    workflow_id: Mapped[str] = mapped_column(default="")
    file_url: Mapped[str] = mapped_column(default="")
    file_name: Mapped[str] = mapped_column(default="")
    file_type: Mapped[str] = mapped_column(default="CSV")
    task_status: Mapped[str] = mapped_column(default="PENDING")
    total_records: Mapped[int | None]
    processed_records: Mapped[int] = mapped_column(default=0)
    successful_records: Mapped[int] = mapped_column(default=0)
    failed_records: Mapped[int] = mapped_column(default=0)
    error_summary: Mapped[str | None]
    metadata_: Mapped[dict[str, Any] | None] = mapped_column("metadata")
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]


class ScheduledTaskRow(Entity, Table):
    __tablename__ = "scheduled_tasks"

    connection_id: Mapped[str]
    entity_type: Mapped[str]
    interval: Mapped[str]
    enabled: Mapped[bool]
    job_config: Mapped[dict[str, Any]]
