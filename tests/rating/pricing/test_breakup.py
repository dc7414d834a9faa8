"""Unit figures of a cost."""

from decimal import Decimal

from flexprice_emulator.rating.pricing.breakup import PriceBreakup, price_breakup
from flexprice_emulator.rating.pricing.model import Price, PriceTier, TransformQuantity


def test_flat_price_shows_its_own_unit_amount() -> None:
    price = Price("p", "usd", "FLAT_FEE", Decimal("0.3"))
    assert price_breakup(price, Decimal(2)) == PriceBreakup(Decimal("0.3"), -1, Decimal("0.3"), Decimal("0.6"))


def test_nothing_has_no_unit_cost() -> None:
    price = Price("p", "usd", "FLAT_FEE", Decimal("0.3"))
    assert price_breakup(price, Decimal(0)) == PriceBreakup(Decimal(0), -1, Decimal(0), Decimal(0))


def test_volume_price_shows_the_selected_tier() -> None:
    price = Price("p", "usd", "TIERED", tier_mode="VOLUME", tiers=(PriceTier(10, Decimal(1)), PriceTier(None, Decimal("0.5"))))
    found = price_breakup(price, Decimal(11))
    assert (found.selected_tier_index, found.tier_unit_amount, found.final_cost) == (1, Decimal("0.5"), Decimal("5.5"))


def test_a_package_of_no_size_costs_nothing() -> None:
    price = Price("p", "usd", "PACKAGE", Decimal(3), transform_quantity=TransformQuantity(-1))
    assert price_breakup(price, Decimal(5)) == PriceBreakup(Decimal(0), -1, Decimal(0), Decimal(0))
