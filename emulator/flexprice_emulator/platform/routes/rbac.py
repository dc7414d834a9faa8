"""/rbac over HTTP."""

from flexprice_client.models.rbac import GetRoleResponse, ListRolesResponse, RoleResponse
from flexprice_emulator.platform.roles import ROLES, Role
from flexprice_emulator.wire.errors import BareError
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("RBAC")


def _shown(role: Role) -> RoleResponse:
    permissions = {entity: list(actions) for entity, actions in role.permissions.items()}
    return RoleResponse(id=role.id, name=role.name, description=role.description, permissions=permissions)


@routes.get("/rbac/roles")
def list_roles(ctx: Context) -> ListRolesResponse:
    only_accounts = ctx.query("user_type") == "service_account"
    return ListRolesResponse(roles=[_shown(role) for role in ROLES.values() if role.for_service_accounts or not only_accounts])


@routes.get("/rbac/roles/{id}")
def get_role(id: str) -> GetRoleResponse:
    if id not in ROLES:
        raise BareError(404, {"error": "Role not found"})
    return GetRoleResponse(role=_shown(ROLES[id]))
