"""Cloud-marketplace agreements: a customer, a plan and a subscription mapped to the marketplace's ids (operations.md Marketplace)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flexprice_client.models.base import WireRequest
from flexprice_client.models.integrations import (
    LinkIntegrationMappingRequest,
    RegisterMarketplaceAgreementRequest,
    RegisterMarketplaceAgreementResponse,
)
from flexprice_emulator.connections.service import of_provider
from flexprice_emulator.integrations.mappings import link
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.wire.errors import NotFoundError, ValidationError
from flexprice_emulator.workspace.context import Context


@dataclass(frozen=True)
class _Marketplace:
    """Which member of the request speaks of it, and which of its fields names what."""

    member: str
    customer: str
    plan: str
    subscription: str
    measure: str


_MARKETPLACES: Mapping[str, _Marketplace] = {
    "aws_marketplace": _Marketplace("aws", "customer_aws_account_id", "product_code", "license_arn", "dimension"),
    "gcp_marketplace": _Marketplace("gcp", "account_id", "service_name", "usage_reporting_id", "metric_name"),
    "azure_marketplace": _Marketplace("azure", "beneficiary_account_id", "plan_id", "resource_id", "dimension"),
}


def register(ctx: Context, request: RegisterMarketplaceAgreementRequest) -> RegisterMarketplaceAgreementResponse:
    """Map the three entities. Raises ValidationError for what is missing, NotFoundError for an unknown subscription."""
    place = _marketplace(request)
    terms = _terms(request, place)
    subscription = ctx.session.get(SubscriptionRow, request.subscription_id)
    if subscription is None:
        raise NotFoundError("Subscription not found")
    if (subscription.customer_id, subscription.plan_id) != (request.customer_id, request.plan_id):
        raise ValidationError("The subscription must be of the given customer and plan")
    if of_provider(ctx, request.provider) is None:
        raise NotFoundError(f"No published connection for provider '{request.provider}'", {"provider_type": request.provider})

    def mapped(entity_type: str, entity_id: str, provider_entity_id: str) -> str:
        wanted = LinkIntegrationMappingRequest(
            entity_type=entity_type,
            entity_id=entity_id,
            provider_type=request.provider,
            provider_entity_id=provider_entity_id,
            metadata={place.measure: terms[place.measure]},
        )
        return link(ctx, wanted).mapping.id

    return RegisterMarketplaceAgreementResponse(
        customer_mapping_id=mapped("customer", request.customer_id, terms[place.customer]),
        plan_mapping_id=mapped("plan", request.plan_id, terms[place.plan]),
        subscription_mapping_id=mapped("subscription", subscription.id, terms[place.subscription]),
        status="registered",
    )


def _marketplace(request: RegisterMarketplaceAgreementRequest) -> _Marketplace:
    names = list(_MARKETPLACES)
    if not request.provider:
        first, second, third = names
        raise ValidationError(f'provider is required ("{first}", "{second}" or "{third}")')
    if request.provider not in _MARKETPLACES:
        raise ValidationError(f"provider must be one of: {', '.join(names)}")
    for name in ("subscription_id", "customer_id", "plan_id"):
        if not getattr(request, name):
            raise ValidationError(f"{name} is required")
    return _MARKETPLACES[request.provider]


def _terms(request: RegisterMarketplaceAgreementRequest, place: _Marketplace) -> dict[str, Any]:
    given: WireRequest | None = getattr(request, place.member)
    if given is None:
        raise ValidationError(f"{place.member} is required for provider {request.provider}")
    terms = given.to_wire()
    for name in (place.customer, place.plan, place.subscription, place.measure):
        if not terms[name]:
            raise ValidationError(f"{place.member}.{name} is required")
    return terms
