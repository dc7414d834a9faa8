"""Which coupons count on an invoice."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from flexprice_emulator.rating.discount.coupon import applicable, apply_coupon, blocked_reason, overlaps
from flexprice_emulator.rating.discount.distribute import distribute_discount
from flexprice_emulator.rating.discount.model import Coupon, CouponAssociation

START, END = datetime(2025, 3, 1, tzinfo=UTC), datetime(2025, 4, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def attached(id_: str = "a", prior: int = 0, start: datetime = START, end: datetime | None = None, **fields: Any) -> CouponAssociation:
    coupon = Coupon("k", fields.pop("type", "fixed"), **({"amount_off": Decimal(1)} | fields))
    return CouponAssociation(id_, coupon, start, end, prior_applications=prior)


@pytest.mark.parametrize(
    ("association", "blocked"),
    [
        (attached(), False),
        (attached(cadence="once", prior=1), False),
        (attached(cadence="once", prior=2), True),
        (attached(cadence="repeated", duration_in_periods=3, prior=2), False),
        (attached(cadence="repeated", duration_in_periods=3, prior=3), True),
        (attached(max_redemptions=1), False),
        (attached(max_redemptions=1, total_redemptions=1), True),
        (attached(max_redemptions=2, total_redemptions=1), False),
        (attached(redeem_before=START), False),
        (attached(redeem_before=START - SECOND), True),
        (attached(redeem_after=START), False),
        (attached(redeem_after=START + SECOND), True),
        (attached(currency="EUR"), True),
        (attached(currency="USD"), False),
        (attached(type="percentage", percentage_off=Decimal(5), currency="eur"), False),
        (attached(is_published=False), True),
    ],
)
def test_cadence_and_redemption_rules(association: CouponAssociation, blocked: bool) -> None:
    assert (blocked_reason(association, "usd", START) is not None) == blocked


@pytest.mark.parametrize(
    ("start", "end", "counts"),
    [
        (END, None, True),
        (END + SECOND, None, False),
        (START - 2 * SECOND, START, True),
        (START - 2 * SECOND, START - SECOND, False),
        (START + SECOND, START + SECOND, False),
    ],
)
def test_an_attachment_touches_a_period_at_either_end(start: datetime, end: datetime | None, counts: bool) -> None:
    assert overlaps(attached(start=start, end=end), START, END) == counts


def test_coupons_count_by_start_then_id() -> None:
    late, second, first = attached("a", start=START + SECOND), attached("c"), attached("b")
    assert applicable((late, second, first), "usd", START, START, END) == (first, second, late)


def test_an_unknown_type_takes_nothing_off() -> None:
    assert apply_coupon(Coupon("k", "half", amount_off=Decimal(3)), Decimal(10), "usd").discount == 0


def test_equal_lines_share_in_the_order_of_an_exchange_sort() -> None:
    shares = distribute_discount([Decimal(10), Decimal(10), Decimal(20), Decimal(20)], Decimal("0.05"), "usd")
    assert shares == (Decimal("0.01"), Decimal("0"), Decimal("0.02"), Decimal("0.02"))


def test_a_used_up_last_line_leaves_the_excess_on_no_line() -> None:
    amounts = [Decimal("0.10")] * 9 + [Decimal("0.01")]
    shares = distribute_discount(amounts, Decimal("0.04"), "usd")
    assert sum(shares) == Decimal("0.01")


def test_nothing_to_discount_shares_nothing() -> None:
    assert distribute_discount([Decimal(0), Decimal(-1)], Decimal(5), "usd") == (Decimal(0), Decimal(0))
