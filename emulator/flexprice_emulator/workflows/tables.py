"""Storage of job runs."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from flexprice_emulator.workspace.storage import Table


class WorkflowRunRow(Table):
    __tablename__ = "workflow_runs"

    run_id: Mapped[str] = mapped_column(primary_key=True)
    workflow_id: Mapped[str] = mapped_column(index=True)
    workflow_type: Mapped[str]
    task_queue: Mapped[str]
    workflow_status: Mapped[str] = mapped_column(default="Completed")
    entity: Mapped[str] = mapped_column(default="")
    entity_id: Mapped[str] = mapped_column(default="")
    start_time: Mapped[datetime]
    close_time: Mapped[datetime | None]
    created_by: Mapped[str] = mapped_column(default="")
