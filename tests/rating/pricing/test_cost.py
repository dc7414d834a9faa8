"""Costs that the measured cases do not reach."""

from decimal import Decimal

import pytest

from flexprice_emulator.rating.pricing.cost import bucket_cost, calculate_cost, price_step
from flexprice_emulator.rating.pricing.model import Price, PriceTier, TransformQuantity
from flexprice_emulator.rating.pricing.price_unit import tiers_to_fiat, to_price_unit

TIERS = (PriceTier(None, Decimal("0.1")), PriceTier(10, Decimal(1), Decimal(5)))


@pytest.mark.parametrize("tier_mode", ["", "volume", "GRADUATED"])
def test_an_unknown_tier_mode_costs_nothing(tier_mode: str) -> None:
    assert calculate_cost(Price("p", "usd", "TIERED", tier_mode=tier_mode, tiers=TIERS), Decimal(5)) == 0


@pytest.mark.parametrize("tier_mode", ["VOLUME", "SLAB"])
def test_a_tiered_price_without_tiers_costs_nothing(tier_mode: str) -> None:
    assert calculate_cost(Price("p", "usd", "TIERED", tier_mode=tier_mode), Decimal(5)) == 0


def test_an_unknown_billing_model_costs_nothing() -> None:
    assert calculate_cost(Price("p", "usd", "STAIRS", Decimal(9)), Decimal(5)) == 0


def test_tiers_count_in_order_of_up_to_with_the_open_end_last() -> None:
    price = Price("p", "usd", "TIERED", tier_mode="SLAB", tiers=TIERS)
    assert calculate_cost(price, Decimal(20)) == Decimal(10) + 5 + 1


@pytest.mark.parametrize("size", [0, -5])
def test_a_package_size_that_is_not_positive_costs_nothing(size: int) -> None:
    assert calculate_cost(Price("p", "usd", "PACKAGE", Decimal(9), transform_quantity=TransformQuantity(size)), Decimal(5)) == 0


def test_a_package_without_a_size_holds_one_unit() -> None:
    assert calculate_cost(Price("p", "usd", "PACKAGE", Decimal(9)), Decimal("1.5")) == 18


def test_only_tiered_buckets_of_zero_pay_a_flat_amount() -> None:
    assert bucket_cost(Price("p", "usd", "TIERED", tier_mode="SLAB", tiers=TIERS), Decimal(0)) == 5
    assert bucket_cost(Price("p", "usd", "PACKAGE", Decimal(9)), Decimal(0)) == 0


def test_tiers_convert_to_fiat_unrounded() -> None:
    assert tiers_to_fiat((PriceTier(3, Decimal("0.1"), Decimal(7)),), Decimal("0.0125")) == (
        PriceTier(3, Decimal("0.00125"), Decimal("0.0875")),
    )


def test_a_rate_of_zero_shows_no_units() -> None:
    assert to_price_unit(Decimal(5), Decimal(0), "usd") == 0


def test_units_above_a_last_closed_tier_are_free_in_slab_and_priced_by_it_in_volume() -> None:
    closed = (PriceTier(10, Decimal(1)),)
    assert calculate_cost(Price("p", "usd", "TIERED", tier_mode="SLAB", tiers=closed), Decimal(25)) == 10
    assert calculate_cost(Price("p", "usd", "TIERED", tier_mode="VOLUME", tiers=closed), Decimal(25)) == 25
    (step,) = price_step(Price("p", "usd", "TIERED", tier_mode="VOLUME", tiers=(*closed, PriceTier(20, Decimal(2)))), Decimal(25)).tiers
    assert (step.index, step.up_to, step.units, step.cost) == (1, 20, 25, 50)
