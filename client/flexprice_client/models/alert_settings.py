"""Spend alert settings on the wire: thresholds on what a subscription, a line item or a group costs."""

from typing import Annotated, Any

from flexprice_client.models.alert_thresholds import AlertSettings
from flexprice_client.models.base import OMIT_EMPTY, ListResponse, Rule, SearchFilter, Timestamp, WireModel, WireRequest


class CreateAlertSettingsRequest(WireRequest):
    """`entity_type`: subscription, subscription_line_item or group; the last two within a parent subscription. Conditions are `above`."""

    entity_type: Annotated[str, Rule("required")]
    entity_id: Annotated[str, Rule("required")]
    parent_entity_type: str = ""
    parent_entity_id: str = ""
    config: Annotated[AlertSettings | None, Rule("required")] = None


class UpdateAlertSettingsRequest(WireRequest):
    """`config` replaces the old one completely."""

    config: Annotated[AlertSettings | None, Rule("required")] = None


class AlertSettingsFilter(SearchFilter):
    entity_type: str | None = None
    entity_id: str | None = None
    entity_ids: list[str] | None = None
    parent_entity_type: str | None = None
    parent_entity_id: str | None = None
    parent_entity_ids: list[str] | None = None
    enabled: bool | None = None


class AlertSettingsResponse(WireModel):
    """`config` shows absent levels as null; `enabled` mirrors its alert_enabled."""

    id: str
    entity_type: str
    entity_id: str
    parent_entity_type: Annotated[str, OMIT_EMPTY] = ""
    parent_entity_id: Annotated[str, OMIT_EMPTY] = ""
    enabled: bool
    config: dict[str, Any] | None = None
    environment_id: str = ""
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""


ListAlertSettingsResponse = ListResponse[AlertSettingsResponse]
