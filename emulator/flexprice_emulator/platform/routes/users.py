"""/users over HTTP."""

from flexprice_client.models.users import (
    CreateUserRequest,
    CreateUserResponse,
    ListUsersResponse,
    UpdateServiceAccountRequest,
    UpdateUserRequest,
    UpdateUserRolesRequest,
    UserFilter,
    UserResponse,
)
from flexprice_emulator.platform import users
from flexprice_emulator.platform.people import require_super_admin
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Users", scope="root", permission="user:write", hint="Please check the request payload")


@routes.post("/users", status=201)
def create_user(ctx: Context, body: CreateUserRequest) -> CreateUserResponse:
    return users.create(ctx, body)


@routes.get("/users/me")
def get_me(ctx: Context) -> UserResponse:
    return users.to_response(ctx, users.get_row(ctx, ctx.user_id))


@routes.put("/users/me")
def update_me(ctx: Context, body: UpdateUserRequest) -> UserResponse:
    return users.to_response(ctx, users.update(ctx, users.get_row(ctx, ctx.user_id), body.name, body.metadata))


@routes.search("/users/search", permission="user:read", hint=users.LIST_HINT)
def search_users(ctx: Context, body: UserFilter) -> ListUsersResponse:
    return users.search(ctx, body)


@routes.put("/users/{id}")
def update_service_account(ctx: Context, id: str, body: UpdateServiceAccountRequest) -> UserResponse:
    row = users.get_service_account(ctx, id, "Update is supported for service accounts only")
    return users.to_response(ctx, users.update(ctx, row, body.name))


@routes.put("/users/{id}/roles")
def update_user_roles(ctx: Context, id: str, body: UpdateUserRolesRequest) -> UserResponse:
    require_super_admin(ctx.principal)
    return users.to_response(ctx, users.set_roles(ctx, users.get_row(ctx, id), body.roles or ()))


@routes.delete("/users/{id}", status=204)
def delete_user(ctx: Context, id: str) -> None:
    users.archive(ctx, users.get_service_account(ctx, id, "Deletion is supported for service accounts only"))
