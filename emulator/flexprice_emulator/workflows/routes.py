"""/workflows over HTTP."""

from flexprice_client.models.workflows import (
    BatchWorkflowsRequest,
    BatchWorkflowsResponse,
    ListWorkflowsResponse,
    WorkflowExecutionDTO,
    WorkflowExecutionFilter,
    WorkflowTimelineResponse,
)
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workflows import service
from flexprice_emulator.workspace.context import Context

READ = "workflow:read"
routes = Routes("Workflows")


@routes.search("/workflows/search", permission=READ)
def search_workflows(ctx: Context, body: WorkflowExecutionFilter) -> ListWorkflowsResponse:
    return service.search(ctx, body)


@routes.search("/workflows/batch", permission=READ)
def get_workflows_batch(ctx: Context, body: BatchWorkflowsRequest) -> BatchWorkflowsResponse:
    if not body.workflows:
        raise ValidationError("Invalid request format")
    return BatchWorkflowsResponse.model_construct(workflows=service.batch(ctx, body.workflows))


@routes.get("/workflows/{workflow_id}/{run_id}", permission=READ)
def get_workflow(ctx: Context, workflow_id: str, run_id: str) -> WorkflowExecutionDTO:
    return service.to_response(ctx, service.get_row(ctx, workflow_id, run_id))


@routes.get("/workflows/{workflow_id}/{run_id}/summary", permission=READ)
def get_workflow_summary(ctx: Context, workflow_id: str, run_id: str) -> WorkflowExecutionDTO:
    return service.to_response(ctx, service.get_row(ctx, workflow_id, run_id))


@routes.get("/workflows/{workflow_id}/{run_id}/timeline", permission=READ)
def get_workflow_timeline(ctx: Context, workflow_id: str, run_id: str) -> WorkflowTimelineResponse:
    return service.timeline(service.get_row(ctx, workflow_id, run_id))
