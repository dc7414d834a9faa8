"""Environments. Their list has an envelope of its own, without pagination."""

from flexprice_client.models.environments import (
    CloneEnvironmentRequest,
    CreateEnvironmentRequest,
    EnvironmentResponse,
    ListEnvironmentsResponse,
    UpdateEnvironmentRequest,
    WorkflowResult,
)
from flexprice_client.resources.calls import Fields, fetch, post, put
from flexprice_client.resources.operation import AsyncResource, Call, SyncResource, operation


class EnvironmentsOperations:
    @operation
    def create(self, request: CreateEnvironmentRequest | Fields) -> Call[EnvironmentResponse]:
        """Create an environment. Raises ValidationError beyond the tenant's number of environments."""
        return post("/environments", EnvironmentResponse, request)

    @operation
    def get(self, environment_id: str) -> Call[EnvironmentResponse]:
        return fetch("/environments/{id}", EnvironmentResponse, id=environment_id)

    @operation
    def update(self, environment_id: str, request: UpdateEnvironmentRequest | Fields) -> Call[EnvironmentResponse]:
        return put("/environments/{id}", EnvironmentResponse, request, id=environment_id)

    @operation
    def clone(self, environment_id: str, request: CloneEnvironmentRequest | Fields) -> Call[WorkflowResult]:
        """Start copying an environment; the job goes on in the background."""
        return post("/environments/{id}/clone", WorkflowResult, request, id=environment_id)

    @operation
    def list(self, query: Fields | None = None) -> Call[ListEnvironmentsResponse]:
        return fetch("/environments", ListEnvironmentsResponse, query)


class Environments(EnvironmentsOperations, SyncResource):
    """Blocking operations on environments."""


class AsyncEnvironments(EnvironmentsOperations, AsyncResource):
    """Awaiting operations on environments."""
