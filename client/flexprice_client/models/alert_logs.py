"""The log of alert states on the wire."""

from typing import Annotated, Any

from flexprice_client.models.base import OMIT_EMPTY, OMIT_NONE, ListResponse, SearchFilter, Timestamp, WireModel
from flexprice_client.models.customers import CustomerResponse
from flexprice_client.models.features import FeatureResponse
from flexprice_client.models.wallets import WalletResponse


class AlertLogFilter(SearchFilter):
    entity_type: str | None = None
    entity_id: str | None = None
    alert_type: str | None = None
    alert_status: str | None = None
    customer_id: str | None = None


class AlertLogResponse(WireModel):
    """One change of state; `alert_info` holds the thresholds and the value at that time."""

    id: str
    entity_type: str
    entity_id: str
    parent_entity_type: Annotated[str, OMIT_EMPTY] = ""
    parent_entity_id: Annotated[str, OMIT_EMPTY] = ""
    customer_id: Annotated[str, OMIT_EMPTY] = ""
    alert_type: str
    alert_status: str
    alert_info: dict[str, Any]
    environment_id: str = ""
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""
    customer: Annotated[CustomerResponse | None, OMIT_NONE] = None
    wallet: Annotated[WalletResponse | None, OMIT_NONE] = None
    feature: Annotated[FeatureResponse | None, OMIT_NONE] = None


ListAlertLogsResponse = ListResponse[AlertLogResponse]
