"""Coupons, and where they are in use."""

from flexprice_client.models.base import SuccessResponse
from flexprice_client.models.coupons import (
    CouponAssociationFilter,
    CouponAssociationResponse,
    CouponFilter,
    CouponResponse,
    CreateCouponRequest,
    ListCouponAssociationsResponse,
    ListCouponsResponse,
    UpdateCouponRequest,
)
from flexprice_client.resources.calls import Fields, delete, fetch, post, put, with_page
from flexprice_client.resources.operation import AsyncResource, Call, SyncResource, operation, paged
from flexprice_client.resources.paging import Page


class CouponsOperations:
    @operation
    def create(self, request: CreateCouponRequest | Fields) -> Call[CouponResponse]:
        return post("/coupons", CouponResponse, request)

    @operation
    def get(self, coupon_id: str) -> Call[CouponResponse]:
        return fetch("/coupons/{id}", CouponResponse, id=coupon_id)

    @operation
    def get_by_code(self, code: str) -> Call[CouponResponse]:
        return fetch("/coupons/code/{code}", CouponResponse, code=code)

    @operation
    def update(self, coupon_id: str, request: UpdateCouponRequest | Fields) -> Call[CouponResponse]:
        return put("/coupons/{id}", CouponResponse, request, id=coupon_id)

    @operation
    def delete(self, coupon_id: str) -> Call[SuccessResponse]:
        return delete("/coupons/{id}", SuccessResponse, id=coupon_id)

    @operation
    def list(self, query: Fields | None = None) -> Call[ListCouponsResponse]:
        return fetch("/coupons", ListCouponsResponse, query)

    @operation
    def search(self, filter: CouponFilter | Fields | None = None) -> Call[ListCouponsResponse]:
        return post("/coupons/search", ListCouponsResponse, filter or {})

    @paged
    def iter_all(self, page: Page, filter: CouponFilter | Fields | None = None) -> Call[ListCouponsResponse]:
        return post("/coupons/search", ListCouponsResponse, with_page(filter, page))

    @operation
    def association(self, association_id: str) -> Call[CouponAssociationResponse]:
        return fetch("/coupons/associations/{id}", CouponAssociationResponse, id=association_id)

    @operation
    def associations(self, query: CouponAssociationFilter | Fields | None = None) -> Call[ListCouponAssociationsResponse]:
        """Where coupons are in use."""
        return fetch("/coupons/associations", ListCouponAssociationsResponse, query)


class Coupons(CouponsOperations, SyncResource):
    """Blocking operations on coupons."""


class AsyncCoupons(CouponsOperations, AsyncResource):
    """Awaiting operations on coupons."""
