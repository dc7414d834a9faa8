"""Customers on the wire."""

from typing import Annotated

from flexprice_client.models.base import (
    OMIT_EMPTY,
    OMIT_NONE,
    ListResponse,
    Metadata,
    Rule,
    SearchFilter,
    Timestamp,
    WireModel,
    WireRequest,
)
from flexprice_client.models.integrations import EntityIntegrationMappingResponse


class TaxRateOverride(WireRequest):
    """A tax to link at creation; `auto_apply` left out is false, and then the rate is not applied to invoices."""

    tax_rate_code: Annotated[str, Rule("required")]
    priority: int = 0
    currency: Annotated[str, Rule("required")] = ""
    auto_apply: bool = False
    metadata: Metadata | None = None


class CreateCustomerRequest(WireRequest):
    external_id: Annotated[str, Rule("required")]
    name: Annotated[str, Rule("required,max=255")]
    email: Annotated[str, Rule("omitempty,email")] = ""
    contact: Annotated[str, Rule("omitempty,max=20")] = ""
    address_line1: Annotated[str, Rule("omitempty,max=255")] = ""
    address_line2: Annotated[str, Rule("omitempty,max=255")] = ""
    address_city: Annotated[str, Rule("omitempty,max=100")] = ""
    address_state: Annotated[str, Rule("omitempty,max=100")] = ""
    address_postal_code: Annotated[str, Rule("omitempty,max=20")] = ""
    address_country: Annotated[str, Rule("omitempty,len=2")] = ""
    timezone: Annotated[str, Rule("omitempty,timezone")] = ""
    metadata: Metadata | None = None
    tax_rate_overrides: list[TaxRateOverride] | None = None


class UpdateCustomerRequest(WireRequest):
    external_id: str | None = None
    name: str | None = None
    email: Annotated[str | None, Rule("omitempty,email")] = None
    contact: Annotated[str | None, Rule("omitempty,max=20")] = None
    address_line1: Annotated[str | None, Rule("omitempty,max=255")] = None
    address_line2: Annotated[str | None, Rule("omitempty,max=255")] = None
    address_city: Annotated[str | None, Rule("omitempty,max=100")] = None
    address_state: Annotated[str | None, Rule("omitempty,max=100")] = None
    address_postal_code: Annotated[str | None, Rule("omitempty,max=20")] = None
    address_country: Annotated[str | None, Rule("omitempty,len=2")] = None
    timezone: Annotated[str | None, Rule("omitempty,timezone")] = None
    metadata: Metadata | None = None


class CustomerFilter(SearchFilter):
    """`metadata`: all pairs must match."""

    customer_ids: list[str] | None = None
    external_ids: list[str] | None = None
    external_id: str | None = None
    email: str | None = None
    metadata: Metadata | None = None


class CustomerResponse(WireModel):
    id: str
    external_id: str
    name: str
    email: str = ""
    contact: Annotated[str, OMIT_EMPTY] = ""
    address_line1: str = ""
    address_line2: str = ""
    address_city: str = ""
    address_state: str = ""
    address_postal_code: str = ""
    address_country: str = ""
    timezone: str = "UTC"
    metadata: Metadata | None = None
    environment_id: str = ""
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""
    integrations: Annotated[list[EntityIntegrationMappingResponse] | None, OMIT_NONE] = None


ListCustomersResponse = ListResponse[CustomerResponse]
