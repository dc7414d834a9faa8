"""Who counts as a person with full rights (wire.md §2)."""

from flexprice_emulator.wire.errors import BareError
from flexprice_emulator.workspace.context import Principal


def require_super_admin(principal: Principal) -> None:
    """Raises BareError 403 unless the caller is a configured key or a person with the role super_admin."""
    person = principal.kind == "jwt" and "super_admin" in principal.roles
    if not person and principal.kind != "config_key":
        raise BareError(403, {"message": "This action requires a user account with Super Admin access"})
