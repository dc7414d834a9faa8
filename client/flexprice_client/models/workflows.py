"""Runs of background jobs."""

from typing import Annotated

from flexprice_client.models.base import OMIT_EMPTY, OMIT_NONE, ListResponse, SearchFilter, Timestamp, WireModel, WireRequest


class WorkflowExecutionFilter(SearchFilter):
    workflow_id: str | None = None
    workflow_type: str | None = None
    task_queue: str | None = None
    workflow_status: str | None = None
    entity: str | None = None
    entity_id: str | None = None


class WorkflowExecutionDTO(WireModel):
    """A run. `duration_ms`: from start to close."""

    workflow_id: str
    run_id: str
    workflow_type: str
    task_queue: str
    status: str
    entity: Annotated[str, OMIT_EMPTY] = ""
    entity_id: Annotated[str, OMIT_EMPTY] = ""
    start_time: Timestamp
    close_time: Annotated[Timestamp | None, OMIT_NONE] = None
    duration_ms: Annotated[int | None, OMIT_NONE] = None
    created_by: str = ""


ListWorkflowsResponse = ListResponse[WorkflowExecutionDTO]


class WorkflowIdentity(WireRequest):
    workflow_id: str = ""
    run_id: str = ""


class BatchWorkflowsRequest(WireRequest):
    workflows: list[WorkflowIdentity] | None = None


class BatchWorkflowsResponse(WireModel):
    workflows: list[WorkflowExecutionDTO]


class WorkflowTimelineEvent(WireModel):
    event_type: str
    timestamp: Timestamp


class WorkflowTimelineResponse(WireModel):
    """Steps in time order."""

    workflow_id: str
    run_id: str
    timeline: list[WorkflowTimelineEvent]
