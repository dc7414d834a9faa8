"""An invoice-level discount over lines (rating.md §7.11).

Invariants: no line gives more than it has left; shares are rounded and the last eligible line takes the remainder,
so they sum to the discount unless that line, the smallest one, has less left than the remainder: the excess stays
on no line (the invoice's total_discount still counts it).
"""

from collections.abc import Sequence
from decimal import Decimal

from flexprice_emulator.rating.decimals import ZERO, add, divide, multiply, round_currency, subtract


def distribute_discount(remaining: Sequence[Decimal], discount: Decimal, currency: str) -> tuple[Decimal, ...]:
    """Shares in the order of `remaining`: each line's amount less its earlier discounts; lines at or below 0 get none."""
    shares = [ZERO] * len(remaining)
    order = _largest_first([index for index, amount in enumerate(remaining) if amount > ZERO], remaining)
    total = add(*(remaining[index] for index in order))
    left = min(discount, total)
    for index in order[:-1]:
        share = round_currency(multiply(divide(remaining[index], total), discount), currency)
        shares[index] = min(share, remaining[index], left)
        left = subtract(left, shares[index])
    if order:
        shares[order[-1]] = min(left, remaining[order[-1]])
    return tuple(shares)


def _largest_first(order: list[int], amounts: Sequence[Decimal]) -> list[int]:
    """The reference sorts by exchanging pairs, which is not stable: among equal amounts the order decides a cent."""
    for i in range(len(order)):
        for j in range(i + 1, len(order)):
            if amounts[order[i]] < amounts[order[j]]:
                order[i], order[j] = order[j], order[i]
    return order
