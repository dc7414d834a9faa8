"""Tenants on the wire. Times are cut to the second."""

from typing import Annotated, Any

from flexprice_client.models.base import OMIT_EMPTY, Metadata, Timestamp, WireModel, WireRequest


class TenantAddressInput(WireRequest):
    address_line1: str = ""
    address_line2: str = ""
    address_city: str = ""
    address_state: str = ""
    address_postal_code: str = ""
    address_country: str = ""


class TenantBillingDetailsInput(WireRequest):
    email: str = ""
    help_email: str = ""
    phone: str = ""
    address: TenantAddressInput | None = None


class UpdateTenantRequest(WireRequest):
    """`billing_details` replaces the held ones whole."""

    name: str = ""
    billing_details: TenantBillingDetailsInput | None = None
    metadata: Metadata | None = None


class TenantAddress(WireModel):
    address_line1: str = ""
    address_line2: str = ""
    address_city: str = ""
    address_state: str = ""
    address_postal_code: str = ""
    address_country: str = ""


class TenantBillingDetails(WireModel):
    email: Annotated[str, OMIT_EMPTY] = ""
    help_email: Annotated[str, OMIT_EMPTY] = ""
    phone: Annotated[str, OMIT_EMPTY] = ""
    address: TenantAddress


class TenantResponse(WireModel):
    id: str
    name: str
    billing_details: TenantBillingDetails
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    metadata: Metadata | None = None


class TenantBillingUsage(WireModel):
    """What the tenant itself owes its vendor; nothing here."""

    usage: dict[str, Any] | None = None
    subscriptions: list[dict[str, Any]] | None = None
