"""Plans on the wire."""

from typing import Annotated

from flexprice_client.models.base import OMIT_EMPTY, ListResponse, Metadata, Rule, SearchFilter, WireRequest
from flexprice_client.models.catalog import Plan
from flexprice_client.models.credit_grants import CreditGrantResponse
from flexprice_client.models.entitlements import EntitlementResponse
from flexprice_client.models.prices import PriceResponse


class CreatePlanRequest(WireRequest):
    """Prices and entitlements are attached afterwards; embedded ones are ignored, as by the server."""

    name: Annotated[str, Rule("required")]
    lookup_key: str = ""
    description: str = ""
    display_order: int | None = None
    metadata: Metadata | None = None


class UpdatePlanRequest(WireRequest):
    name: str | None = None
    lookup_key: str | None = None
    description: str | None = None
    display_order: int | None = None
    metadata: Metadata | None = None


class ClonePlanRequest(WireRequest):
    """Name and lookup_key must be given; what else is left out is copied, metadata is joined with the source's."""

    name: str = ""
    lookup_key: str = ""
    description: str | None = None
    display_order: int | None = None
    metadata: Metadata | None = None


class PlanFilter(SearchFilter):
    """`metadata`: all pairs must match."""

    plan_ids: list[str] | None = None
    lookup_key: str | None = None
    metadata: Metadata | None = None


class PlanResponse(Plan):
    """Read by id, everything that belongs to the plan is included, ended prices too."""

    prices: Annotated[list[PriceResponse] | None, OMIT_EMPTY] = None
    entitlements: Annotated[list[EntitlementResponse] | None, OMIT_EMPTY] = None
    credit_grants: Annotated[list[CreditGrantResponse] | None, OMIT_EMPTY] = None


ListPlansResponse = ListResponse[PlanResponse]
