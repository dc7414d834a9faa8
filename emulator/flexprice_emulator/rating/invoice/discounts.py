"""Coupons over the lines of a draft (rating.md §7.10-7.11, invoices.md §7).

Line coupons each look at the line's own full amount and add up; invoice coupons follow one another on what is
left after those, and stop at 0. A preview does not spread invoice coupons over its lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from flexprice_emulator.rating.decimals import ZERO, add, subtract
from flexprice_emulator.rating.derivation import CouponStep
from flexprice_emulator.rating.discount.coupon import Discount, apply_coupon
from flexprice_emulator.rating.discount.distribute import distribute_discount
from flexprice_emulator.rating.discount.model import Coupon, CouponApplication, CouponAssociation


@dataclass(slots=True)
class Discounts:
    """Discounts per line, the applications in order, and the steps that explain them."""

    line_item_discounts: list[Decimal]
    invoice_level_discounts: list[Decimal]
    applications: list[CouponApplication] = field(default_factory=list)
    steps: list[CouponStep] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        """Everything taken off, line and invoice level."""
        return add(*(application.discounted_amount for application in self.applications))


def discount_lines(
    amounts: Sequence[Decimal],
    line_item_ids: Sequence[str | None],
    associations: Sequence[CouponAssociation],
    currency: str,
    *,
    distribute: bool = True,
) -> Discounts:
    """Applies coupons that were found applicable, in the order given; lines by their subscription_line_item_id."""
    result = Discounts([ZERO] * len(amounts), [ZERO] * len(amounts))
    for association in associations:
        target = association.subscription_line_item_id
        if target is None:
            continue
        for index, amount in enumerate(amounts):
            if line_item_ids[index] == target:
                taken = apply_coupon(association.coupon, amount, currency)
                _record(result, association.id, association.coupon, taken, index)
                result.line_item_discounts[index] = add(result.line_item_discounts[index], taken.discount)
    running = subtract(add(*amounts), add(*result.line_item_discounts))
    for association in associations:
        if association.subscription_line_item_id is not None:
            continue
        if running <= ZERO:
            break
        taken = apply_coupon(association.coupon, running, currency)
        _record(result, association.id, association.coupon, taken, None)
        running = taken.final
        if distribute:
            _spread(result, amounts, taken.discount, currency)
    return result


def _spread(result: Discounts, amounts: Sequence[Decimal], discount: Decimal, currency: str) -> None:
    left = [
        subtract(amount, add(line, invoice))
        for amount, line, invoice in zip(amounts, result.line_item_discounts, result.invoice_level_discounts, strict=True)
    ]
    shares = distribute_discount(left, discount, currency)
    result.invoice_level_discounts = [add(a, b) for a, b in zip(result.invoice_level_discounts, shares, strict=True)]


def _record(result: Discounts, association_id: str, coupon: Coupon, taken: Discount, line_index: int | None) -> None:
    percentage = coupon.percentage_off if coupon.type == "percentage" else None
    result.applications.append(
        CouponApplication(
            coupon.id, association_id, taken.amount, taken.discount, taken.final, coupon.type, percentage, line_index=line_index
        )
    )
    result.steps.append(CouponStep(coupon.id, coupon.type, taken.value, taken.amount, taken.unrounded, taken.discount, line_index))
