"""Usage snapshots kept for reporting to marketplaces."""

from typing import Annotated, Any

from flexprice_client.models.base import OMIT_EMPTY, ListResponse, Num, SearchFilter, Timestamp, WireModel


class UsageRecordFilter(SearchFilter):
    """`period_start` and `period_end`: records whose period lies between them."""

    customer_id: str | None = None
    customer_external_id: str | None = None
    subscription_id: str | None = None
    plan_id: str | None = None
    currency: str | None = None
    synced: bool | None = None
    period_start: Timestamp | None = None
    period_end: Timestamp | None = None


class UsageRecordResponse(WireModel):
    id: str
    customer_id: str
    customer_external_id: str = ""
    subscription_id: str = ""
    plan_id: str = ""
    currency: str = ""
    amount: Num = 0
    quantity: Num = 0
    period_start: Timestamp
    period_end: Timestamp
    synced: bool = False
    syncs: Annotated[dict[str, Any] | None, OMIT_EMPTY] = None
    environment_id: str = ""
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""


ListUsageRecordsResponse = ListResponse[UsageRecordResponse]
