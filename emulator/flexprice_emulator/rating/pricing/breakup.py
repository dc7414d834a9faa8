"""What a cost is per unit, for display (price_breakup of the API)."""

from dataclasses import dataclass
from decimal import Decimal

from flexprice_emulator.rating.decimals import ZERO, divide, round_currency
from flexprice_emulator.rating.pricing.cost import price_step
from flexprice_emulator.rating.pricing.model import Price


@dataclass(frozen=True, slots=True)
class PriceBreakup:
    """`selected_tier_index` is the last tier entered, -1 for prices without tiers."""

    effective_unit_cost: Decimal
    selected_tier_index: int
    tier_unit_amount: Decimal
    final_cost: Decimal


def price_breakup(price: Price, quantity: Decimal, *, rounded: bool = False) -> PriceBreakup:
    """Cost of a quantity with its effective unit cost (16 places) and the tier that decides the next unit."""
    step = price_step(price, quantity)
    if not quantity:
        return PriceBreakup(ZERO, -1, ZERO, ZERO)
    tier = step.tiers[-1] if step.tiers else None
    if tier is not None:
        unit = tier.unit_amount
    elif step.terms.divide_by:
        unit = divide(price.amount, Decimal(step.terms.divide_by)) if step.terms.divide_by > 0 else ZERO
    else:
        unit = price.amount if price.billing_model == "FLAT_FEE" else ZERO
    final = round_currency(step.cost, price.currency) if rounded else step.cost
    return PriceBreakup(divide(step.cost, quantity), tier.index if tier else -1, unit, final)
