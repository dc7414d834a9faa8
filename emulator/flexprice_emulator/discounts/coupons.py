"""Coupons: creation, change, archive, lists."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import ColumnElement, select

from flexprice_client.models.coupons import CouponFilter, CouponResponse, CreateCouponRequest, ListCouponsResponse, UpdateCouponRequest
from flexprice_emulator.discounts.tables import CouponRow
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.rating.discount.model import Coupon
from flexprice_emulator.wire.errors import AlreadyExistsError, NotFoundError, ValidationError
from flexprice_emulator.wire.listing import ListSpec, page
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

LIST_HINT = "Invalid filter parameters"
LIST = ListSpec(CouponRow, next_offset=False, conditions_checked=True, unknown_field_hint="Failed to list coupons")
MAX_REDEMPTIONS = 1_000_000
_HUNDRED = Decimal(100)


def create(ctx: Context, request: CreateCouponRequest) -> CouponResponse:
    """A new coupon. Raises ValidationError for amounts, durations and limits, AlreadyExistsError for a code in use."""
    _check(request)
    code = request.coupon_code.lower()
    if code and _published(ctx, code) is not None:
        raise AlreadyExistsError("A coupon with this code already exists", {"coupon_code": code})
    percentage = request.type == "percentage"
    row = CouponRow(
        id=ctx.new_id("coupon"),
        name=request.name,
        coupon_code=code,
        type=request.type,
        cadence=request.cadence,
        amount_off=request.amount_off or ZERO,
        percentage_off=request.percentage_off or ZERO,
        currency="" if percentage else request.currency.lower(),
        duration_in_periods=request.duration_in_periods,
        redeem_after=request.redeem_after,
        redeem_before=request.redeem_before,
        max_redemptions=request.max_redemptions,
        rules=request.rules,
        metadata_=request.metadata,
        **ctx.stamp(),
    )
    return to_response(ctx, ctx.add(row))


def get_row(ctx: Context, coupon_id: str) -> CouponRow:
    """A coupon by id, archived ones included. Raises NotFoundError."""
    row = ctx.session.get(CouponRow, coupon_id)
    if row is None:
        raise NotFoundError(f"Coupon with ID {coupon_id} was not found", {"coupon_id": coupon_id})
    return row


def get_row_by_code(ctx: Context, code: str) -> CouponRow:
    """A published coupon by code, in any case. Raises NotFoundError."""
    row = _published(ctx, code.lower())
    if row is None:
        raise NotFoundError(f"Coupon with code {code} was not found", {"coupon_code": code})
    return row


def find_by_code(ctx: Context, code: str) -> CouponRow | None:
    """A published coupon by code, in any case, or None."""
    return _published(ctx, code.lower()) if code else None


def by_ids(ctx: Context, ids: Sequence[str]) -> dict[str, CouponRow]:
    """Coupons by id, archived ones included, in one query."""
    if not ids:
        return {}
    return {row.id: row for row in ctx.session.scalars(select(CouponRow).where(CouponRow.id.in_(set(ids))))}


def update(ctx: Context, row: CouponRow, request: UpdateCouponRequest) -> CouponResponse:
    """Changes name and metadata, where given."""
    row.name = request.name or row.name
    if request.metadata is not None:
        row.metadata_ = request.metadata
    ctx.touch(row)
    ctx.session.flush()
    return to_response(ctx, row)


def archive(ctx: Context, coupon_id: str) -> None:
    """Archive a coupon; an unknown id is no error."""
    row = ctx.session.get(CouponRow, coupon_id)
    if row is not None:
        row.status = "archived"
        ctx.touch(row)


def search(ctx: Context, wanted: CouponFilter) -> ListCouponsResponse:
    """A page of coupons."""
    clauses: list[ColumnElement[bool]] = []
    if wanted.coupon_ids:
        clauses.append(CouponRow.id.in_(wanted.coupon_ids))
    if wanted.coupon_codes:
        clauses.append(CouponRow.coupon_code.in_([code.lower() for code in wanted.coupon_codes]))
    found = page(ctx, LIST, wanted, *clauses)
    return found.response([to_response(ctx, row) for row in found.rows])


def to_response(ctx: Context, row: CouponRow) -> CouponResponse:
    """The wire's coupon."""
    return present(ctx, CouponResponse, row)


def for_rating(row: CouponRow) -> Coupon:
    """The coupon as the rating core takes it."""
    return Coupon(
        id=row.id,
        type=row.type,
        cadence=row.cadence,
        amount_off=row.amount_off,
        percentage_off=row.percentage_off,
        currency=row.currency or None,
        duration_in_periods=row.duration_in_periods,
        redeem_after=row.redeem_after,
        redeem_before=row.redeem_before,
        max_redemptions=row.max_redemptions,
        total_redemptions=row.total_redemptions,
        is_published=row.status == "published",
    )


def _published(ctx: Context, code: str) -> CouponRow | None:
    return ctx.session.scalar(select(CouponRow).where(CouponRow.coupon_code == code, CouponRow.status == "published"))


def _check(request: CreateCouponRequest) -> None:
    if request.type == "fixed" and (request.amount_off is None or request.amount_off <= ZERO):
        raise ValidationError("Please provide a valid amount_off greater than zero for fixed coupons")
    if request.type == "percentage" and (request.percentage_off is None or not ZERO < request.percentage_off <= _HUNDRED):
        raise ValidationError("Please provide a percentage_off between 0 and 100 for percentage coupons")
    if request.max_redemptions is not None and not 1 <= request.max_redemptions <= MAX_REDEMPTIONS:
        raise ValidationError(f"max_redemptions must be between 1 and {MAX_REDEMPTIONS}")
    if request.cadence == "repeated":
        if request.duration_in_periods is None or request.duration_in_periods < 1:
            raise ValidationError("duration_in_periods is required for repeated cadence")
    elif request.duration_in_periods is not None:
        raise ValidationError("duration_in_periods is only allowed for repeated cadence")
    if request.redeem_after and request.redeem_before and request.redeem_before <= request.redeem_after:
        raise ValidationError("redeem_before must be after redeem_after")
