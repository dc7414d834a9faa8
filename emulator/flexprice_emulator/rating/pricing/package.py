"""Package prices (rating.md §2): the 16-place quotient comes first, then whole packages.

Invariant: cost is a step function of quantity, amount x whole packages.
"""

from decimal import Decimal

from flexprice_emulator.rating.decimals import ZERO, ceiling, divide, floor
from flexprice_emulator.rating.pricing.model import Price, TransformQuantity

_DEFAULT = TransformQuantity(1)


def transform(price: Price) -> TransformQuantity:
    """The price's package size; 1 where it was left out."""
    return price.transform_quantity or _DEFAULT


def packages(price: Price, quantity: Decimal) -> Decimal:
    """Whole packages of a quantity; 0 for a size that is not positive."""
    package = transform(price)
    if package.divide_by <= 0:
        return ZERO
    quotient = divide(quantity, Decimal(package.divide_by))
    return floor(quotient) if package.round == "down" else ceiling(quotient)
