"""Tax rates, and their associations with customers, subscriptions, invoices and the tenant."""

from flexprice_client.models.taxes import (
    CreateTaxAssociationRequest,
    CreateTaxRateRequest,
    ListTaxAssociationsResponse,
    ListTaxRatesResponse,
    TaxAssociationFilter,
    TaxAssociationResponse,
    TaxAssociationUpdateRequest,
    TaxRateFilter,
    TaxRateResponse,
    UpdateTaxRateRequest,
)
from flexprice_client.resources.calls import Fields, discard, fetch, post, put, with_page
from flexprice_client.resources.operation import AsyncResource, Call, SyncResource, operation, paged
from flexprice_client.resources.paging import Page


class TaxRatesOperations:
    @operation
    def create(self, request: CreateTaxRateRequest | Fields) -> Call[TaxRateResponse]:
        return post("/taxes/rates", TaxRateResponse, request)

    @operation
    def get(self, tax_rate_id: str) -> Call[TaxRateResponse]:
        """The rate. A missing id is a ServerError (wire.md §3)."""
        return fetch("/taxes/rates/{id}", TaxRateResponse, id=tax_rate_id)

    @operation
    def update(self, tax_rate_id: str, request: UpdateTaxRateRequest | Fields) -> Call[TaxRateResponse]:
        return put("/taxes/rates/{id}", TaxRateResponse, request, id=tax_rate_id)

    @operation
    def delete(self, tax_rate_id: str) -> Call[None]:
        return discard("/taxes/rates/{id}", id=tax_rate_id)

    @operation
    def list(self, query: TaxRateFilter | Fields | None = None) -> Call[ListTaxRatesResponse]:
        return fetch("/taxes/rates", ListTaxRatesResponse, query)

    @paged
    def iter_all(self, page: Page, query: TaxRateFilter | Fields | None = None) -> Call[ListTaxRatesResponse]:
        return fetch("/taxes/rates", ListTaxRatesResponse, with_page(query, page))


class TaxAssociationsOperations:
    @operation
    def create(self, request: CreateTaxAssociationRequest | Fields) -> Call[TaxAssociationResponse]:
        """Link a rate. A second equal association is made, not refused."""
        return post("/taxes/associations", TaxAssociationResponse, request)

    @operation
    def get(self, tax_association_id: str) -> Call[TaxAssociationResponse]:
        return fetch("/taxes/associations/{id}", TaxAssociationResponse, id=tax_association_id)

    @operation
    def update(self, tax_association_id: str, request: TaxAssociationUpdateRequest | Fields) -> Call[TaxAssociationResponse]:
        return put("/taxes/associations/{id}", TaxAssociationResponse, request, id=tax_association_id)

    @operation
    def delete(self, tax_association_id: str) -> Call[None]:
        return discard("/taxes/associations/{id}", id=tax_association_id)

    @operation
    def list(self, query: TaxAssociationFilter | Fields | None = None) -> Call[ListTaxAssociationsResponse]:
        return fetch("/taxes/associations", ListTaxAssociationsResponse, query)

    @paged
    def iter_all(self, page: Page, query: TaxAssociationFilter | Fields | None = None) -> Call[ListTaxAssociationsResponse]:
        return fetch("/taxes/associations", ListTaxAssociationsResponse, with_page(query, page))


class TaxRates(TaxRatesOperations, SyncResource):
    """Blocking operations on tax rates."""


class AsyncTaxRates(TaxRatesOperations, AsyncResource):
    """Awaiting operations on tax rates."""


class TaxAssociations(TaxAssociationsOperations, SyncResource):
    """Blocking operations on tax associations."""


class AsyncTaxAssociations(TaxAssociationsOperations, AsyncResource):
    """Awaiting operations on tax associations."""
