"""The rest of the naive reading of rating.md: fixed lines, discounts, credits, taxes, totals (§6.2-6.3, §7)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from tests.rating.naive import PLACES, cost, half_up, over

Window = tuple[datetime, datetime]


def seconds(span: timedelta) -> Fraction:
    """Fractions of a second included."""
    return Fraction(span // timedelta(microseconds=1), 10**6)


def fixed(sub: Any, item: Any, window: Window, *, prorates: bool) -> Fraction | None:
    """§6.2-6.3: the amount of a line of the subscription's own cadence in a window; None where it is skipped."""
    places = PLACES.get(sub.currency, 2)
    start, end = max(window[0], item.start_date), min(window[1], item.end_date or window[1])
    if start >= end:
        return None
    amount = cost(item.price, Fraction(item.quantity))
    if end - start < window[1] - window[0]:
        amount *= over(seconds(end - start), seconds(window[1] - window[0]))
    elif prorates and window == (sub.current_period_start, sub.current_period_end):
        until = sub.current_period_end - timedelta(seconds=1)
        since = sub.billing_anchor
        share = over(max(seconds(until - max(since, item.start_date)), Fraction(0)), seconds(until - since))
        amount = Fraction(item.price.amount) * Fraction(item.quantity) * share
    return half_up(amount, places)


@dataclass
class Bill:
    """What becomes of lines of these amounts."""

    amounts: list[Fraction]
    of_line: list[Fraction] = field(default_factory=list)
    of_invoice: list[Fraction] = field(default_factory=list)
    prepaid: list[Fraction] = field(default_factory=list)
    discount: Fraction = Fraction(0)
    tax: Fraction = Fraction(0)
    total: Fraction = Fraction(0)
    # Equal amounts are shared in an order that the text does not give.
    has_ties: bool = False


def off(coupon: Any, amount: Fraction, places: int) -> Fraction:
    """§7: rounded, never more than the amount."""
    raw = amount * Fraction(coupon.percentage_off) / 100 if coupon.type == "percentage" else Fraction(coupon.amount_off)
    return min(half_up(raw, places), amount)


def close(amounts: Sequence[Fraction], line_ids: Sequence[str | None], kinds: Sequence[str], request: Any, *, preview: bool) -> Bill:
    """§7, steps 10-14."""
    places = PLACES.get(request.subscription.currency, 2)
    bill = Bill(list(amounts), *([Fraction(0)] * len(amounts) for _ in range(3)))
    for association in request.coupons:
        for index, amount in enumerate(amounts):
            if association.subscription_line_item_id is not None and line_ids[index] == association.subscription_line_item_id:
                bill.of_line[index] += off(association.coupon, amount, places)
    bill.discount = sum(bill.of_line, Fraction(0))
    running = sum(amounts, Fraction(0)) - bill.discount
    for association in request.coupons:
        if association.subscription_line_item_id is None and running > 0:
            taken = off(association.coupon, running, places)
            running -= taken
            bill.discount += taken
            if not preview:
                share(bill, taken, places)
    take_credits(bill, kinds, request, places)
    base = max(sum(amounts, Fraction(0)) - bill.discount, Fraction(0))
    for rate in request.taxes:
        raw = base * Fraction(rate.percentage_value) / 100 if rate.tax_rate_type == "percentage" else Fraction(rate.fixed_value)
        bill.tax += half_up(raw, places)
    bill.total = max(sum(amounts, Fraction(0)) - bill.discount - sum(bill.prepaid, Fraction(0)), Fraction(0)) + bill.tax
    return bill


def share(bill: Bill, discount: Fraction, places: int) -> None:
    """§7.11: largest first, rounded shares, the last one takes the remainder, capped."""
    left = [a - b - c for a, b, c in zip(bill.amounts, bill.of_line, bill.of_invoice, strict=True)]
    order = sorted((index for index, amount in enumerate(left) if amount > 0), key=lambda index: -left[index])
    bill.has_ties = bill.has_ties or len({left[index] for index in order}) < len(order)
    total = sum((left[index] for index in order), Fraction(0))
    rest = min(discount, total)
    for index in order:
        part = rest if index == order[-1] else half_up(over(left[index], total) * discount, places)
        part = min(part, left[index], rest)
        bill.of_invoice[index] += part
        rest -= part


def take_credits(bill: Bill, kinds: Sequence[str], request: Any, places: int) -> None:
    """§7.12: usage lines in order, the highest balance first, never rounded up; what rounds to nothing is skipped."""
    wallets = sorted(([wallet.id, Fraction(wallet.balance)] for wallet in request.wallets), key=lambda wallet: -wallet[1])
    for index, kind in enumerate(kinds):
        needed = bill.amounts[index] - bill.of_line[index] - bill.of_invoice[index]
        while kind == "USAGE" and needed > 0 and wallets:
            raw = min(wallets[0][1], needed)
            taken = min(half_up(raw, places), raw)
            if taken <= 0:
                wallets.pop(0)
                continue
            bill.prepaid[index] += taken
            wallets[0][1] -= taken
            needed -= taken
