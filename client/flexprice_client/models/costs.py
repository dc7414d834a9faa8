"""Cost sheets on the wire: your own cost side of the price list."""

from typing import Annotated

from flexprice_client.models.base import (
    OMIT_EMPTY,
    FilterCondition,
    ListResponse,
    Metadata,
    Rule,
    SortCondition,
    Timestamp,
    WireModel,
    WireRequest,
)
from flexprice_client.models.prices import PriceResponse


class CreateCostsheetRequest(WireRequest):
    name: Annotated[str, Rule("required,max=255")]
    lookup_key: Annotated[str, Rule("omitempty,max=255")] = ""
    description: str = ""
    metadata: Metadata | None = None


class UpdateCostsheetRequest(WireRequest):
    name: Annotated[str | None, Rule("omitempty,max=255")] = None
    lookup_key: Annotated[str | None, Rule("omitempty,max=255")] = None
    description: str | None = None
    metadata: Metadata | None = None


class CostsheetFilter(WireRequest):
    """The server's filter has these names; paging is not read, a page is always the first 50."""

    costsheetIDs: list[str] | None = None  # noqa: N815
    lookupKey: str | None = None  # noqa: N815
    name: str | None = None
    status: str | None = None
    filters: list[FilterCondition] | None = None
    sort: list[SortCondition] | None = None


class Costsheet(WireModel):
    id: str
    name: str
    lookup_key: Annotated[str, OMIT_EMPTY] = ""
    description: Annotated[str, OMIT_EMPTY] = ""
    metadata: Annotated[Metadata | None, OMIT_EMPTY] = None
    tenant_id: str = ""
    environment_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: Annotated[str, OMIT_EMPTY] = ""
    updated_by: Annotated[str, OMIT_EMPTY] = ""


class CostsheetResponse(Costsheet):
    """With its prices, where they are read with it."""

    prices: Annotated[list[PriceResponse] | None, OMIT_EMPTY] = None


class CreateCostsheetResponse(WireModel):
    costsheet: Costsheet


class UpdateCostsheetResponse(WireModel):
    costsheet: Costsheet


class DeleteCostsheetResponse(WireModel):
    message: str
    id: str


ListCostsheetResponse = ListResponse[CostsheetResponse]
