"""Roles and what each may do (wire.md §2)."""

from collections.abc import Iterable

# "*" stands for every entity.
_GRANTS: dict[str, frozenset[str]] = {
    "super_admin": frozenset({"*:read", "*:write"}),
    "all_writer": frozenset({"*:read", "*:write"}),
    "all_reader": frozenset({"*:read"}),
    "event_ingestor": frozenset({"event:write"}),
    "event_reader": frozenset({"event:read"}),
}


def permitted(roles: Iterable[str], permission: str) -> bool:
    """Whether any of the roles grants `entity:action`. A caller without roles has full access."""
    held = list(roles)
    wildcard = "*:" + permission.partition(":")[2]
    return not held or any(permission in _GRANTS.get(role, ()) or wildcard in _GRANTS.get(role, ()) for role in held)
