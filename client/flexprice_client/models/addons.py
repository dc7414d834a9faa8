"""Add-ons of the catalogue on the wire."""

from typing import Annotated, Any

from flexprice_client.models.base import OMIT_EMPTY, ListResponse, Rule, SearchFilter, WireRequest
from flexprice_client.models.catalog import Addon
from flexprice_client.models.credit_grants import CreditGrantResponse
from flexprice_client.models.entitlements import EntitlementResponse
from flexprice_client.models.prices import PriceResponse


class CreateAddonRequest(WireRequest):
    name: Annotated[str, Rule("required")]
    lookup_key: Annotated[str, Rule("required")]
    description: str = ""
    metadata: dict[str, Any] | None = None


class UpdateAddonRequest(WireRequest):
    name: str | None = None
    description: str | None = None
    metadata: dict[str, Any] | None = None


class AddonFilter(SearchFilter):
    addon_ids: list[str] | None = None
    lookup_keys: list[str] | None = None


class AddonResponse(Addon):
    """Read by id or lookup key, everything that belongs to the add-on is included."""

    prices: Annotated[list[PriceResponse] | None, OMIT_EMPTY] = None
    entitlements: Annotated[list[EntitlementResponse] | None, OMIT_EMPTY] = None
    credit_grants: Annotated[list[CreditGrantResponse] | None, OMIT_EMPTY] = None


CreateAddonResponse = AddonResponse
ListAddonsResponse = ListResponse[AddonResponse]
