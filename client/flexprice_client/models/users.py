"""People and service accounts on the wire."""

from typing import Annotated

from pydantic import Field

from flexprice_client.models.base import OMIT_EMPTY, ListResponse, Metadata, Rule, SearchFilter, WireModel, WireRequest
from flexprice_client.models.tenants import TenantResponse


class CreateUserRequest(WireRequest):
    """`type` user takes an `email`, service_account a `name` and `roles`."""

    type: str = ""
    email: str = ""
    name: str = ""
    roles: list[str] | None = None


class UpdateUserRequest(WireRequest):
    name: str | None = None
    metadata: Metadata | None = None


class UpdateServiceAccountRequest(WireRequest):
    name: Annotated[str, Rule("required")]


class UpdateUserRolesRequest(WireRequest):
    roles: list[str] | None = None


class UserFilter(SearchFilter):
    """`type` defaults to service_account."""

    type: str | None = None
    user_ids: list[str] | None = None
    roles: list[str] | None = None


class UserResponse(WireModel):
    id: str
    name: Annotated[str, OMIT_EMPTY] = ""
    email: Annotated[str, OMIT_EMPTY] = ""
    type: str
    roles: Annotated[list[str], OMIT_EMPTY] = Field(default_factory=list)
    metadata: Annotated[Metadata | None, OMIT_EMPTY] = None
    tenant: TenantResponse | None = None


class CreateUserResponse(UserResponse):
    """The generated `password` of a person is shown this once."""

    password: Annotated[str, OMIT_EMPTY] = ""


ListUsersResponse = ListResponse[UserResponse]
