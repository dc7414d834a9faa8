"""Credit grants of plans, add-ons and subscriptions, and the credits to come."""

from flexprice_client.models.base import SuccessResponse
from flexprice_client.models.credit_grants import (
    CreateCreditGrantRequest,
    CreditGrantFilter,
    CreditGrantResponse,
    DeleteCreditGrantRequest,
    ListCreditGrantApplicationsResponse,
    ListCreditGrantsResponse,
    UpdateCreditGrantRequest,
)
from flexprice_client.resources.calls import Fields, delete, fetch, post, put, with_page
from flexprice_client.resources.operation import AsyncResource, Call, SyncResource, operation, paged
from flexprice_client.resources.paging import Page


class CreditGrantsOperations:
    @operation
    def create(self, request: CreateCreditGrantRequest | Fields) -> Call[CreditGrantResponse]:
        """A subscription's grant is credited at once where its start is past."""
        return post("/creditgrants", CreditGrantResponse, request)

    @operation
    def get(self, credit_grant_id: str) -> Call[CreditGrantResponse]:
        return fetch("/creditgrants/{id}", CreditGrantResponse, id=credit_grant_id)

    @operation
    def update(self, credit_grant_id: str, request: UpdateCreditGrantRequest | Fields) -> Call[CreditGrantResponse]:
        """Name, metadata, end date; the answer shows the grant as it was before an end date took effect."""
        return put("/creditgrants/{id}", CreditGrantResponse, request, id=credit_grant_id)

    @operation
    def delete(self, credit_grant_id: str, request: DeleteCreditGrantRequest | Fields | None = None) -> Call[SuccessResponse]:
        """Archive a plan's grant; end a subscription's at `effective_date` (default now)."""
        return delete("/creditgrants/{id}", SuccessResponse, request, id=credit_grant_id)

    @operation
    def list(self, query: CreditGrantFilter | Fields | None = None) -> Call[ListCreditGrantsResponse]:
        """Archived ones included."""
        return fetch("/creditgrants", ListCreditGrantsResponse, query)

    @paged
    def iter_all(self, page: Page, query: CreditGrantFilter | Fields | None = None) -> Call[ListCreditGrantsResponse]:
        return fetch("/creditgrants", ListCreditGrantsResponse, with_page(query, page))

    @operation
    def of_plan(self, plan_id: str) -> Call[ListCreditGrantsResponse]:
        return fetch("/plans/{id}/creditgrants", ListCreditGrantsResponse, id=plan_id)

    @operation
    def of_addon(self, addon_id: str) -> Call[ListCreditGrantsResponse]:
        return fetch("/addons/{id}/creditgrants", ListCreditGrantsResponse, id=addon_id)

    @operation
    def upcoming_of_subscription(self, subscription_id: str) -> Call[ListCreditGrantApplicationsResponse]:
        """What is still to be credited. Raises NotFoundError unless the subscription is active or trialing."""
        return fetch("/subscriptions/{id}/grants/upcoming", ListCreditGrantApplicationsResponse, id=subscription_id)

    @operation
    def upcoming_of_customer(self, customer_id: str) -> Call[ListCreditGrantApplicationsResponse]:
        return fetch("/customers/{id}/grants/upcoming", ListCreditGrantApplicationsResponse, id=customer_id)


class CreditGrants(CreditGrantsOperations, SyncResource):
    """Blocking operations on credit grants."""


class AsyncCreditGrants(CreditGrantsOperations, AsyncResource):
    """Awaiting operations on credit grants."""
