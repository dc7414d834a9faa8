"""Roles on the wire."""

from flexprice_client.models.base import WireModel


class RoleResponse(WireModel):
    """`permissions` maps an entity (`*` = every one) to its actions."""

    id: str
    name: str
    description: str
    permissions: dict[str, list[str]]


class ListRolesResponse(WireModel):
    roles: list[RoleResponse]


class GetRoleResponse(WireModel):
    role: RoleResponse
