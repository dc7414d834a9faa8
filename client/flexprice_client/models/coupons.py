"""Coupons and their associations on the wire."""

from typing import Annotated, Any

from flexprice_client.models.base import (
    OMIT_EMPTY,
    OMIT_NONE,
    Dec,
    ListResponse,
    Metadata,
    Rule,
    SearchFilter,
    Timestamp,
    WireModel,
    WireRequest,
)


class CreateCouponRequest(WireRequest):
    """`type` fixed takes `amount_off` (money), percentage `percentage_off` (over 0 to 100) and no currency.

    `cadence` repeated takes `duration_in_periods`. Any text is taken as type and cadence.
    """

    name: Annotated[str, Rule(binding="required")]
    coupon_code: str = ""
    type: Annotated[str, Rule(binding="required")]
    cadence: Annotated[str, Rule(binding="required")]
    amount_off: Dec | None = None
    percentage_off: Dec | None = None
    currency: str = ""
    duration_in_periods: int | None = None
    redeem_after: Timestamp | None = None
    redeem_before: Timestamp | None = None
    max_redemptions: int | None = None
    rules: dict[str, Any] | None = None
    metadata: Metadata | None = None


class UpdateCouponRequest(WireRequest):
    name: str | None = None
    metadata: Metadata | None = None


class CouponFilter(SearchFilter):
    coupon_ids: list[str] | None = None
    coupon_codes: list[str] | None = None


class CouponResponse(WireModel):
    """`coupon_code` in lower case; the amount that `type` does not use is 0."""

    id: str
    name: str
    redeem_after: Timestamp | None = None
    redeem_before: Timestamp | None = None
    max_redemptions: int | None = None
    total_redemptions: int = 0
    rules: dict[str, Any] | None = None
    amount_off: Dec
    percentage_off: Dec
    type: str
    cadence: str
    duration_in_periods: int | None = None
    currency: str = ""
    coupon_code: Annotated[str, OMIT_EMPTY] = ""
    metadata: Metadata | None = None
    environment_id: str = ""
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""


class CouponAssociationFilter(SearchFilter):
    """`active_only`: started, and not over."""

    subscription_ids: list[str] | None = None
    coupon_ids: list[str] | None = None
    subscription_line_item_ids: list[str] | None = None
    subscription_phase_ids: list[str] | None = None
    active_only: bool = False


class CouponAssociationResponse(WireModel):
    id: str
    coupon_id: str
    subscription_id: str
    subscription_line_item_id: Annotated[str | None, OMIT_EMPTY] = None
    subscription_phase_id: Annotated[str | None, OMIT_EMPTY] = None
    start_date: Timestamp
    end_date: Annotated[Timestamp | None, OMIT_NONE] = None
    metadata: Annotated[Metadata | None, OMIT_EMPTY] = None
    environment_id: str = ""
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""
    coupon: Annotated[CouponResponse | None, OMIT_NONE] = None
    subscription_line_item: Annotated[dict[str, Any] | None, OMIT_NONE] = None


ListCouponsResponse = ListResponse[CouponResponse]
ListCouponAssociationsResponse = ListResponse[CouponAssociationResponse]
