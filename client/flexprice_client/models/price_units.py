"""Custom price units on the wire (rating.md §2.3)."""

from typing import Annotated

from flexprice_client.models.base import Dec, ListResponse, Metadata, Rule, SearchFilter, WireRequest
from flexprice_client.models.catalog import EntityFields


class CreatePriceUnitRequest(WireRequest):
    """One unit is worth `conversion_rate` of `base_currency`."""

    name: Annotated[str, Rule("required")]
    code: Annotated[str, Rule("required")]
    symbol: Annotated[str, Rule("required")]
    base_currency: Annotated[str, Rule("required,len=3")]
    conversion_rate: Annotated[Dec | None, Rule("required")] = None
    metadata: Metadata | None = None


class UpdatePriceUnitRequest(WireRequest):
    """The rate of a unit never changes."""

    name: str | None = None
    metadata: Metadata | None = None


class PriceUnitFilter(SearchFilter):
    price_unit_ids: list[str] | None = None


class PriceUnitResponse(EntityFields):
    id: str
    name: str
    code: str
    symbol: str
    base_currency: str
    conversion_rate: Dec
    metadata: Metadata | None = None


CreatePriceUnitResponse = PriceUnitResponse
ListPriceUnitsResponse = ListResponse[PriceUnitResponse]
