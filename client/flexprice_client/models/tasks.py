"""Import and export tasks, and recurring exports."""

from typing import Annotated, Any

from flexprice_client.models.base import OMIT_EMPTY, ListFilter, ListResponse, Rule, Timestamp, WireModel, WireRequest


class TaskFilter(ListFilter):
    sort: str | None = None
    task_type: str | None = None
    entity_type: str | None = None
    task_status: str | None = None
    created_by: str | None = None
    scheduled_task_id: str | None = None


class TaskResponse(WireModel):
    id: str
    task_type: str
    entity_type: str
    scheduled_task_id: Annotated[str, OMIT_EMPTY] = ""
    workflow_id: Annotated[str, OMIT_EMPTY] = ""
    file_url: str = ""
    file_name: Annotated[str, OMIT_EMPTY] = ""
    file_type: str = "CSV"
    task_status: str = "PENDING"
    total_records: int | None = None
    processed_records: int = 0
    successful_records: int = 0
    failed_records: int = 0
    error_summary: str | None = None
    metadata: dict[str, Any] | None = None
    started_at: Timestamp | None = None
    completed_at: Timestamp | None = None
    failed_at: Timestamp | None = None
    environment_id: str = ""
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""


ListTasksResponse = ListResponse[TaskResponse]


class UpdateTaskStatusRequest(WireRequest):
    task_status: Annotated[str, Rule("required")] = ""


class ExportMetadataField(WireModel):
    """A metadata key exported as a column of its own."""

    entity_type: str = ""
    field_key: str = ""
    column_name: Annotated[str, OMIT_EMPTY] = ""


class S3JobConfig(WireRequest):
    """Where a recurring export writes."""

    bucket: str = ""
    region: str = ""
    key_prefix: str = ""
    compression: str | None = None
    encryption: str | None = None
    endpoint_url: str | None = None
    use_path_style: bool | None = None
    export_metadata_fields: list[ExportMetadataField] | None = None


class CreateScheduledTaskRequest(WireRequest):
    connection_id: Annotated[str, Rule("required")] = ""
    entity_type: Annotated[str, Rule("required")] = ""
    interval: Annotated[str, Rule("required")] = ""
    enabled: bool = False
    job_config: Annotated[S3JobConfig | None, Rule("required")] = None


class UpdateScheduledTaskRequest(WireRequest):
    enabled: bool | None = None


class ScheduledTaskFilter(ListFilter):
    connection_id: str | None = None
    entity_type: str | None = None
    interval: str | None = None
    enabled: bool | None = None


class ScheduledTaskResponse(WireModel):
    id: str
    connection_id: str
    entity_type: str
    interval: str
    enabled: bool
    job_config: dict[str, Any]
    environment_id: str = ""
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp


ListScheduledTasksResponse = ListResponse[ScheduledTaskResponse]


class DeleteScheduledTaskResponse(WireModel):
    id: str
    message: str
    status: str


class TriggerForceRunRequest(WireRequest):
    """Both or neither: without a range the interval that is running is exported."""

    start_time: Timestamp | None = None
    end_time: Timestamp | None = None


class TriggerForceRunResponse(WireModel):
    """`mode`: "force run" for the running interval, "custom" for a range of the caller's."""

    workflow_id: str
    message: str
    start_time: Timestamp
    end_time: Timestamp
    mode: str
