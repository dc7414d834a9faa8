"""What providers may sync, and which entity is which there."""

from typing import Annotated, Any

from flexprice_client.models.base import OMIT_EMPTY, ListResponse, Rule, Timestamp, WireModel, WireRequest


class IntegrationConfigEntry(WireModel):
    """`base_config`: what the provider can do; `current_config`: what its connection has switched on."""

    provider: str
    base_config: dict[str, Any]
    current_config: dict[str, Any]


class IntegrationConfigResponse(WireModel):
    integrations: list[IntegrationConfigEntry]


class LinkIntegrationMappingRequest(WireRequest):
    entity_type: Annotated[str, Rule("required")] = ""
    entity_id: Annotated[str, Rule("required,max=255")] = ""
    provider_type: Annotated[str, Rule("required,max=50")] = ""
    provider_entity_id: Annotated[str, Rule("required,max=255")] = ""
    metadata: dict[str, Any] | None = None


class DelinkIntegrationMappingRequest(WireRequest):
    entity_type: Annotated[str, Rule("required")] = ""
    entity_id: Annotated[str, Rule("required")] = ""
    provider_type: Annotated[str, Rule("required")] = ""


class IntegrationSyncRequest(WireRequest):
    entity_type: Annotated[str, Rule("required")] = ""
    entity_id: Annotated[str, Rule("required")] = ""
    provider_type: str | None = None


class EntityIntegrationMappingResponse(WireModel):
    """Times have whole seconds."""

    id: str
    entity_id: str
    entity_type: str
    provider_type: str
    provider_entity_id: str
    environment_id: str = ""
    tenant_id: str = ""
    status: str = "published"
    metadata: Annotated[dict[str, Any] | None, OMIT_EMPTY] = None
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""


class LinkIntegrationMappingResponse(WireModel):
    mapping: EntityIntegrationMappingResponse


ListEntityIntegrationMappingsResponse = ListResponse[EntityIntegrationMappingResponse]


class AWSMarketplaceAgreement(WireRequest):
    product_code: str = ""
    license_arn: str = ""
    customer_aws_account_id: str = ""
    dimension: str = ""
    concurrent_agreements: bool = False


class GCPMarketplaceAgreement(WireRequest):
    account_id: str = ""
    service_name: str = ""
    usage_reporting_id: str = ""
    metric_name: str = ""


class AzureMarketplaceAgreement(WireRequest):
    beneficiary_account_id: str = ""
    plan_id: str = ""
    resource_id: str = ""
    dimension: str = ""


class RegisterMarketplaceAgreementRequest(WireRequest):
    """The member named by `provider` is required."""

    provider: str = ""
    subscription_id: str = ""
    customer_id: str = ""
    plan_id: str = ""
    aws: AWSMarketplaceAgreement | None = None
    gcp: GCPMarketplaceAgreement | None = None
    azure: AzureMarketplaceAgreement | None = None


class RegisterMarketplaceAgreementResponse(WireModel):
    customer_mapping_id: str
    plan_mapping_id: str
    subscription_mapping_id: str
    status: str
