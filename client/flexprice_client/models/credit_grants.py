"""Credit grants and their applications on the wire."""

from typing import Annotated

from flexprice_client.models.base import (
    OMIT_EMPTY,
    OMIT_NONE,
    Dec,
    ListFilter,
    ListResponse,
    Metadata,
    Rule,
    Timestamp,
    WireModel,
    WireRequest,
)


class CreateCreditGrantRequest(WireRequest):
    """`scope`: PLAN, ADDON or SUBSCRIPTION, with the id of that. Dates only for SUBSCRIPTION, where a start is required.

    `cadence`: ONETIME or RECURRING (with `period` and `period_count`). `expiration_type`: NEVER, DURATION or BILLING_CYCLE.
    The rates choose the wallet, or are those of the wallet that is made.
    """

    name: Annotated[str, Rule(binding="required")]
    scope: Annotated[str, Rule(binding="required")]
    credits: Annotated[Dec, Rule(binding="required")]
    cadence: Annotated[str, Rule(binding="required")]
    plan_id: str | None = None
    subscription_id: str | None = None
    addon_id: str | None = None
    period: str | None = None
    period_count: int | None = None
    expiration_type: str = ""
    expiration_duration: int | None = None
    expiration_duration_unit: str | None = None
    priority: int | None = None
    conversion_rate: Dec | None = None
    topup_conversion_rate: Dec | None = None
    start_date: Timestamp | None = None
    end_date: Timestamp | None = None
    metadata: Metadata | None = None


class UpdateCreditGrantRequest(WireRequest):
    """An `end_date` does what deleting with that effective date does; the answer shows the grant as it was before."""

    name: str | None = None
    metadata: Metadata | None = None
    end_date: Timestamp | None = None


class DeleteCreditGrantRequest(WireRequest):
    """`effective_date` (default now) ends a subscription's grant."""

    effective_date: Timestamp | None = None


class CreditGrantFilter(ListFilter):
    plan_ids: list[str] | None = None
    subscription_ids: list[str] | None = None
    addon_ids: list[str] | None = None
    credit_grant_ids: list[str] | None = None
    scope: str | None = None
    sort: str | None = None


class CreditGrantResponse(WireModel):
    id: str
    name: str
    scope: str
    plan_id: Annotated[str, OMIT_EMPTY] = ""
    subscription_id: Annotated[str, OMIT_EMPTY] = ""
    addon_id: Annotated[str, OMIT_EMPTY] = ""
    credits: Dec
    cadence: str
    period: Annotated[str, OMIT_EMPTY] = ""
    period_count: Annotated[int | None, OMIT_NONE] = None
    expiration_type: Annotated[str, OMIT_EMPTY] = ""
    expiration_duration: Annotated[int | None, OMIT_NONE] = None
    expiration_duration_unit: Annotated[str, OMIT_EMPTY] = ""
    priority: Annotated[int | None, OMIT_NONE] = None
    metadata: Annotated[Metadata | None, OMIT_EMPTY] = None
    start_date: Annotated[Timestamp | None, OMIT_NONE] = None
    end_date: Annotated[Timestamp | None, OMIT_NONE] = None
    credit_grant_anchor: Annotated[Timestamp | None, OMIT_NONE] = None
    conversion_rate: Annotated[Dec | None, OMIT_NONE] = None
    topup_conversion_rate: Annotated[Dec | None, OMIT_NONE] = None
    environment_id: str = ""
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""


class CreditGrantApplicationResponse(WireModel):
    """One period of a grant. `application_status`: pending, applied, failed, skipped or cancelled."""

    id: str
    environment_id: str = ""
    credit_grant_id: str
    subscription_id: str
    scheduled_for: Timestamp
    applied_at: Annotated[Timestamp | None, OMIT_NONE] = None
    period_start: Annotated[Timestamp | None, OMIT_NONE] = None
    period_end: Annotated[Timestamp | None, OMIT_NONE] = None
    application_status: str
    credits: Dec
    application_reason: str
    subscription_status_at_application: str
    retry_count: Annotated[int, OMIT_EMPTY] = 0
    failure_reason: Annotated[str, OMIT_EMPTY] = ""
    metadata: Annotated[Metadata | None, OMIT_EMPTY] = None
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""


ListCreditGrantsResponse = ListResponse[CreditGrantResponse]
ListCreditGrantApplicationsResponse = ListResponse[CreditGrantApplicationResponse]
