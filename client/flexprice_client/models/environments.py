"""Environments on the wire. Times are cut to the second, and the list has an envelope of its own."""

from typing import Annotated

from flexprice_client.models.base import Rule, Timestamp, WireModel, WireRequest


class CreateEnvironmentRequest(WireRequest):
    """`type` is development or production; any other text is taken and not counted against a limit."""

    name: Annotated[str, Rule("required")]
    type: Annotated[str, Rule("required")]


class UpdateEnvironmentRequest(WireRequest):
    name: str = ""
    type: str = ""


class CloneEnvironmentRequest(WireRequest):
    """Copy into `target_environment_id`, or into a new environment of `name` and `type`."""

    target_environment_id: str = ""
    name: str = ""
    type: str = ""


class EnvironmentFilter(WireRequest):
    limit: int | None = None
    offset: int | None = None


class EnvironmentResponse(WireModel):
    id: str
    name: str
    type: str
    created_at: Timestamp
    updated_at: Timestamp


class ListEnvironmentsResponse(WireModel):
    """`total` is the length of this page."""

    environments: list[EnvironmentResponse]
    total: int
    offset: int
    limit: int


class WorkflowResult(WireModel):
    """A background job that was started."""

    message: str
    workflow_id: str
    run_id: str
