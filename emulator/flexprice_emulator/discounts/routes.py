"""/coupons over HTTP."""

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
from flexprice_emulator.discounts import associations, coupons
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Coupons", permission="coupon:write")


@routes.post("/coupons", status=201)
def create_coupon(ctx: Context, body: CreateCouponRequest) -> CouponResponse:
    return coupons.create(ctx, body)


@routes.get("/coupons", hint=coupons.LIST_HINT)
def list_coupons(ctx: Context, query: CouponFilter) -> ListCouponsResponse:
    return coupons.search(ctx, query)


@routes.search("/coupons/search", hint=coupons.LIST_HINT)
def search_coupons(ctx: Context, body: CouponFilter) -> ListCouponsResponse:
    return coupons.search(ctx, body)


@routes.get("/coupons/code/{code}")
def get_coupon_by_code(ctx: Context, code: str) -> CouponResponse:
    return coupons.to_response(ctx, coupons.get_row_by_code(ctx, code))


@routes.get("/coupons/associations", hint=associations.LIST_HINT)
def list_coupon_associations(ctx: Context, query: CouponAssociationFilter) -> ListCouponAssociationsResponse:
    return associations.search(ctx, query)


@routes.get("/coupons/associations/{id}")
def get_coupon_association(ctx: Context, id: str) -> CouponAssociationResponse:
    return associations.present_all(ctx, [associations.get_row(ctx, id)])[0]


@routes.get("/coupons/{id}")
def get_coupon(ctx: Context, id: str) -> CouponResponse:
    return coupons.to_response(ctx, coupons.get_row(ctx, id))


@routes.put("/coupons/{id}")
def update_coupon(ctx: Context, id: str, body: UpdateCouponRequest) -> CouponResponse:
    return coupons.update(ctx, coupons.get_row(ctx, id), body)


@routes.delete("/coupons/{id}")
def delete_coupon(ctx: Context, id: str) -> str:
    coupons.archive(ctx, id)
    return "Coupon deleted successfully"
