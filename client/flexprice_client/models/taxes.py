"""Tax rates and their associations on the wire."""

from typing import Annotated

from flexprice_client.models.base import (
    OMIT_EMPTY,
    OMIT_NONE,
    Dec,
    ListFilter,
    ListResponse,
    Metadata,
    Rule,
    SearchFilter,
    Timestamp,
    WireModel,
    WireRequest,
)


class CreateTaxRateRequest(WireRequest):
    """`tax_rate_type` percentage takes `percentage_value` (0-100), fixed takes `fixed_value` (money, once an invoice)."""

    name: Annotated[str, Rule("required")]
    code: Annotated[str, Rule("required")]
    description: str = ""
    tax_rate_type: str = ""
    percentage_value: Dec | None = None
    fixed_value: Dec | None = None
    scope: str = ""
    metadata: Metadata | None = None


class UpdateTaxRateRequest(WireRequest):
    """Only for a rate without associations. `tax_rate_status` shows in this answer but is not kept."""

    name: str = ""
    code: str = ""
    description: str = ""
    tax_rate_status: str | None = None
    metadata: Metadata | None = None


class TaxRateFilter(SearchFilter):
    """`scope` is taken and not applied."""

    taxrate_ids: list[str] | None = None
    taxrate_codes: list[str] | None = None
    scope: str | None = None


class TaxRateResponse(WireModel):
    """The answer to a creation leaves out the value that its type does not use; reads show it as 0."""

    id: str
    environment_id: str = ""
    name: Annotated[str, OMIT_EMPTY] = ""
    description: Annotated[str, OMIT_EMPTY] = ""
    code: Annotated[str, OMIT_EMPTY] = ""
    tax_rate_status: Annotated[str, OMIT_EMPTY] = "ACTIVE"
    tax_rate_type: Annotated[str, OMIT_EMPTY] = ""
    scope: Annotated[str, OMIT_EMPTY] = ""
    percentage_value: Annotated[Dec | None, OMIT_NONE] = None
    fixed_value: Annotated[Dec | None, OMIT_NONE] = None
    metadata: Annotated[Metadata | None, OMIT_EMPTY] = None
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""


class CreateTaxAssociationRequest(WireRequest):
    """`external_customer_id` stands for entity_type customer with that customer's id. `auto_apply` left out is false."""

    tax_rate_code: Annotated[str, Rule(binding="required")]
    entity_type: str = ""
    entity_id: str = ""
    external_customer_id: str = ""
    priority: int = 0
    currency: str = ""
    auto_apply: bool = False
    start_date: Timestamp | None = None
    end_date: Timestamp | None = None
    metadata: Metadata | None = None


class TaxAssociationUpdateRequest(WireRequest):
    priority: int | None = None
    auto_apply: bool | None = None
    metadata: Metadata | None = None


class TaxAssociationFilter(ListFilter):
    tax_association_ids: list[str] | None = None
    tax_rate_ids: list[str] | None = None
    tax_rate_id: str | None = None
    entity_type: str | None = None
    entity_id: str | None = None
    external_customer_id: str | None = None
    currency: str | None = None
    auto_apply: bool | None = None
    sort: str | None = None


class TaxAssociationResponse(WireModel):
    id: str
    tax_rate_id: Annotated[str, OMIT_EMPTY] = ""
    entity_type: Annotated[str, OMIT_EMPTY] = ""
    entity_id: Annotated[str, OMIT_EMPTY] = ""
    priority: Annotated[int, OMIT_EMPTY] = 0
    auto_apply: Annotated[bool, OMIT_EMPTY] = False
    currency: Annotated[str, OMIT_EMPTY] = ""
    metadata: Annotated[Metadata | None, OMIT_EMPTY] = None
    start_date: Timestamp
    end_date: Annotated[Timestamp | None, OMIT_NONE] = None
    environment_id: str = ""
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""
    tax_rate: Annotated[TaxRateResponse | None, OMIT_NONE] = None


ListTaxRatesResponse = ListResponse[TaxRateResponse]
ListTaxAssociationsResponse = ListResponse[TaxAssociationResponse]
