"""Roles and what each may do (wire.md §2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

READ, WRITE = "read", "write"


@dataclass(frozen=True, slots=True)
class Role:
    """`permissions`: entity to actions; "*" stands for every entity, or for every action."""

    id: str
    name: str
    description: str
    permissions: Mapping[str, tuple[str, ...]]
    for_service_accounts: bool = False


ROLES: Mapping[str, Role] = {
    role.id: role
    for role in (
        Role("all_reader", "All Reader", "Provides read-only access to all resources and operations.", {"*": (READ,)}),
        Role(
            "all_writer",
            "All Writer",
            "Provides read and write access to all resources and operations, excluding user, role, and administrative management.",
            {"*": (READ, WRITE)},
        ),
        Role(
            "event_ingestor",
            "Event Ingestor",
            "Provides write-only access to event ingestion. Intended for services that only submit events.",
            {"event": (WRITE,)},
            for_service_accounts=True,
        ),
        Role(
            "event_reader",
            "Event Reader",
            "Provides read-only access to events. Intended for services that only consume or inspect events.",
            {"event": (READ,)},
            for_service_accounts=True,
        ),
        Role(
            "super_admin",
            "Super Admin",
            "Provides unrestricted access to all resources, operations, and administrative settings.",
            {"*": ("*",)},
            for_service_accounts=True,
        ),
    )
}


def permitted(roles: Iterable[str], permission: str) -> bool:
    """Whether any of the roles grants `entity:action`. A caller without roles has full access."""
    held = list(roles)
    entity, _, action = permission.partition(":")
    return not held or any(_grants(ROLES[role], entity, action) for role in held if role in ROLES)


def _grants(role: Role, entity: str, action: str) -> bool:
    actions = {*role.permissions.get("*", ()), *role.permissions.get(entity, ())}
    return action in actions or "*" in actions
