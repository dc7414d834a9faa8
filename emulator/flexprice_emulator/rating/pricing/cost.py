"""The cost of one quantity (rating.md §2): flat, package or tiered, unrounded, with its steps.

Invariant: a scalar quantity of 0 costs 0 whatever the price; only a bucket of value 0 enters the first tier.
"""

from decimal import Decimal
from functools import lru_cache

from flexprice_emulator.rating.decimals import ZERO, add, multiply
from flexprice_emulator.rating.derivation import PriceStep, PriceTerms
from flexprice_emulator.rating.pricing.model import Price
from flexprice_emulator.rating.pricing.package import packages, transform
from flexprice_emulator.rating.pricing.tiered import ordered, tier_steps


@lru_cache(maxsize=4096)
def price_terms(price: Price) -> PriceTerms:
    """What of a price decides its cost, tiers in the order they count."""
    package = transform(price) if price.billing_model == "PACKAGE" else None
    return PriceTerms(
        price_id=price.id,
        billing_model=price.billing_model,
        tier_mode=price.tier_mode,
        amount=price.amount,
        tiers=tuple((tier.up_to, tier.unit_amount, tier.flat_amount) for tier in ordered(price.tiers)),
        divide_by=package.divide_by if package else None,
        round=package.round if package else "",
    )


def price_step(price: Price, quantity: Decimal) -> PriceStep:
    """Cost of a scalar quantity and how it came about; unrounded, in the price's currency."""
    terms = price_terms(price)
    if not quantity:
        return PriceStep(terms, quantity, ZERO)
    return _step(terms, price, quantity)


def calculate_cost(price: Price, quantity: Decimal) -> Decimal:
    """Unrounded cost of a scalar quantity."""
    return price_step(price, quantity).cost


def bucket_cost(price: Price, value: Decimal) -> Decimal:
    """Unrounded cost of one bucket's value: unlike a scalar 0, a tiered bucket of 0 pays the first flat amount."""
    if price.billing_model == "TIERED":
        return _step(price_terms(price), price, value).cost
    return calculate_cost(price, value)


def _step(terms: PriceTerms, price: Price, quantity: Decimal) -> PriceStep:
    if price.billing_model == "FLAT_FEE":
        return PriceStep(terms, quantity, multiply(price.amount, quantity))
    if price.billing_model == "PACKAGE":
        count = packages(price, quantity)
        return PriceStep(terms, quantity, multiply(price.amount, count), packages=count)
    if price.billing_model == "TIERED":
        steps = tier_steps(price.tiers, price.tier_mode, quantity)
        return PriceStep(terms, quantity, add(*(step.cost for step in steps)), tiers=steps)
    return PriceStep(terms, quantity, ZERO)
