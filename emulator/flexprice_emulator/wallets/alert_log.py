"""The log of alert states, one stream for each entity and alert type (wallets.md §9.3).

Invariants: a stream's first row is never ok, and no two rows that follow each other have the same status.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from flexprice_client.models.base import time_text
from flexprice_emulator.rating.decimals import to_text
from flexprice_emulator.wallets.tables import AlertLogRow
from flexprice_emulator.wallets.thresholds import OK
from flexprice_emulator.workspace.context import Context


def log_state(
    ctx: Context,
    status: str,
    value: Decimal,
    settings: dict[str, Any] | None,
    *,
    entity_type: str,
    entity_id: str,
    alert_type: str,
    customer_id: str = "",
    parent_entity_type: str = "",
    parent_entity_id: str = "",
    alert_setting_id: str = "",
    since: datetime | None = None,
) -> AlertLogRow | None:
    """The new row where the stream's state changed, else None. A stream that begins anew forgets what was before `since`."""
    stream = {
        "entity_type": entity_type,
        "entity_id": entity_id,
        "alert_type": alert_type,
        "parent_entity_id": parent_entity_id,
        "alert_setting_id": alert_setting_id,
    }
    newest = select(AlertLogRow.alert_status).filter_by(**stream).order_by(AlertLogRow.created_at.desc(), AlertLogRow.id.desc()).limit(1)
    if since is not None:
        newest = newest.where(AlertLogRow.created_at >= since)
    if (ctx.session.scalar(newest) or OK) == status:
        return None
    info = {"value_at_time": to_text(value), "timestamp": time_text(ctx.now), **({"alert_settings": settings} if settings else {})}
    return ctx.add(
        AlertLogRow(
            id=ctx.new_id("alert"),
            alert_status=status,
            alert_info=info,
            customer_id=customer_id,
            parent_entity_type=parent_entity_type,
            **stream,
            **ctx.stamp(),
        )
    )
