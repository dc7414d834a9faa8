"""`tenant_config`, in the root database."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from flexprice_emulator.platform.settings.catalog import SETTINGS
from flexprice_emulator.platform.tables import TenantSettingRow

KEY = "tenant_config"


def stored(session: Session, tenant_id: str) -> TenantSettingRow | None:
    """The tenant's own row, in a root session."""
    clauses = (TenantSettingRow.tenant_id == tenant_id, TenantSettingRow.key == KEY, TenantSettingRow.status == "published")
    return session.scalar(select(TenantSettingRow).where(*clauses))


def config(session: Session, tenant_id: str) -> Mapping[str, Any]:
    """`{development, production, max_users}`, in a root session."""
    row = stored(session, tenant_id)
    return {**SETTINGS[KEY].default, **(row.value if row else {})}
