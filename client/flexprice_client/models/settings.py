"""Settings on the wire: one JSON value per key."""

from typing import Any

from flexprice_client.models.base import Timestamp, WireModel, WireRequest


class UpdateSettingRequest(WireRequest):
    value: dict[str, Any] | None = None


class SettingResponse(WireModel):
    """A key that was never written shows its default, with empty ids and zero times."""

    id: str = ""
    key: str
    value: dict[str, Any] | None
    environment_id: str = ""
    tenant_id: str = ""
    status: str = ""
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""
