"""Customers."""

from flexprice_client.models.customers import (
    CreateCustomerRequest,
    CustomerFilter,
    CustomerResponse,
    ListCustomersResponse,
    UpdateCustomerRequest,
)
from flexprice_client.models.invoices import CustomerMultiCurrencyInvoiceSummary
from flexprice_client.models.subscriptions import CustomerEntitlementsResponse, CustomerSubscriptionsResponse
from flexprice_client.resources.calls import Fields, discard, fetch, post, put, with_page
from flexprice_client.resources.operation import AsyncResource, Call, SyncResource, operation, paged
from flexprice_client.resources.paging import Page


class CustomersOperations:
    @operation
    def create(self, request: CreateCustomerRequest | Fields) -> Call[CustomerResponse]:
        """Create a customer. Raises AlreadyExistsError where the external_id is taken."""
        return post("/customers", CustomerResponse, request)

    @operation
    def get(self, customer_id: str) -> Call[CustomerResponse]:
        return fetch("/customers/{id}", CustomerResponse, id=customer_id)

    @operation
    def get_by_external_id(self, external_id: str) -> Call[CustomerResponse]:
        return fetch("/customers/external/{external_id}", CustomerResponse, external_id=external_id)

    @operation
    def update(self, customer_id: str, request: UpdateCustomerRequest | Fields) -> Call[CustomerResponse]:
        """Change a customer. A given metadata map replaces the old one whole."""
        return put("/customers", CustomerResponse, request, query={"id": customer_id})

    @operation
    def update_by_external_id(self, external_customer_id: str, request: UpdateCustomerRequest | Fields) -> Call[CustomerResponse]:
        return put("/customers", CustomerResponse, request, query={"external_customer_id": external_customer_id})

    @operation
    def delete(self, customer_id: str) -> Call[None]:
        """Archive a customer. Raises InvalidOperationError while it has subscriptions or wallets."""
        return discard("/customers/{id}", id=customer_id)

    @operation
    def list(self, query: Fields | None = None) -> Call[ListCustomersResponse]:
        return fetch("/customers", ListCustomersResponse, query)

    @operation
    def search(self, filter: CustomerFilter | Fields | None = None) -> Call[ListCustomersResponse]:
        return post("/customers/search", ListCustomersResponse, filter or {})

    @paged
    def iter_all(self, page: Page, filter: CustomerFilter | Fields | None = None) -> Call[ListCustomersResponse]:
        """Every customer the filter finds."""
        return post("/customers/search", ListCustomersResponse, with_page(filter, page))

    @operation
    def entitlements(self, customer_id: str) -> Call[CustomerEntitlementsResponse]:
        """What the customer's subscriptions entitle to, merged by feature."""
        return fetch("/customers/{id}/entitlements", CustomerEntitlementsResponse, id=customer_id)

    @operation
    def entitlements_by_external_id(self, external_id: str) -> Call[CustomerEntitlementsResponse]:
        return fetch("/customers/external/{external_id}/entitlements", CustomerEntitlementsResponse, external_id=external_id)

    @operation
    def subscriptions_by_external_id(self, external_id: str) -> Call[CustomerSubscriptionsResponse]:
        return fetch("/customers/external/{external_id}/subscriptions", CustomerSubscriptionsResponse, external_id=external_id)

    @operation
    def invoice_summary(self, customer_id: str) -> Call[CustomerMultiCurrencyInvoiceSummary]:
        """Totals by currency."""
        return fetch("/customers/{id}/invoices/summary", CustomerMultiCurrencyInvoiceSummary, id=customer_id)


class Customers(CustomersOperations, SyncResource):
    """Blocking operations on customers."""


class AsyncCustomers(CustomersOperations, AsyncResource):
    """Awaiting operations on customers."""
