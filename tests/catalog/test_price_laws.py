"""Laws of prices, over any amounts and any order of changes.

exact: amounts and tiers are read back as sent (15 places), those in units times the rate.
lineage: a chain of changes never overlaps and leaves one price open; every creation and ending takes a higher sequence.
"""

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from flexprice_emulator.rating.decimals import round_places

amounts = st.decimals(min_value=0, max_value=10**9, places=15, allow_nan=False, allow_infinity=False)
rates = st.decimals(min_value=Decimal("0.00001"), max_value=1000, places=5, allow_nan=False, allow_infinity=False)
few = settings(max_examples=25, deadline=None)


@few
@given(amount=amounts, tiers=st.lists(st.tuples(st.none() | st.integers(0, 10**12), amounts, st.none() | amounts), max_size=5))
def test_amounts_are_exact(new_shop: Any, amount: Decimal, tiers: list[tuple[int | None, Decimal, Decimal | None]]) -> None:
    shop = new_shop()
    plan = shop.plan()
    sent = [{"up_to": up_to, "unit_amount": str(unit), "flat_amount": None if flat is None else str(flat)} for up_to, unit, flat in tiers]
    price = shop.price(shop.fixed(plan, str(amount), tiers=sent or None))

    read = shop.api.get(f"/prices/{price['id']}")

    assert Decimal(read["amount"]) == amount
    held = [(tier["up_to"], Decimal(tier["unit_amount"]), tier.get("flat_amount")) for tier in read.get("tiers", [])]
    assert [(up_to, unit, None if flat is None else Decimal(flat)) for up_to, unit, flat in held] == tiers


@few
@given(amount=amounts, rate=rates)
def test_amounts_in_units_are_converted_exactly(new_shop: Any, amount: Decimal, rate: Decimal) -> None:
    shop = new_shop()
    unit = {"name": "U", "code": "uuu", "symbol": "u", "base_currency": "USD", "conversion_rate": str(rate)}
    shop.api.post("/prices/units", unit, expect=201)
    config = {"price_unit": "uuu", "amount": str(amount)}
    price = shop.price(shop.fixed(shop.plan(), price_unit_type="CUSTOM", amount=None, price_unit_config=config))
    read = shop.api.get(f"/prices/{price['id']}")
    assert Decimal(read["amount"]) == round_places(amount * rate, 15)
    assert Decimal(read["price_unit_amount"]) == amount


@few
@given(steps=st.lists(st.tuples(st.integers(0, 40), amounts), min_size=1, max_size=5))
def test_lineage_never_overlaps(new_shop: Any, steps: list[tuple[int, Decimal]]) -> None:
    shop = new_shop()
    shop.api.freeze("2030-01-01T00:00:00Z")
    newest = shop.price(shop.fixed(shop.plan()))
    minute = 0
    sequences = []
    for wait, amount in steps:
        minute += wait
        shop.api.freeze(f"2030-01-01T{minute // 60:02d}:{minute % 60:02d}:00Z")
        newest = shop.api.put(f"/prices/{newest['id']}", {"amount": str(amount)})
        sequences.append(max(item["sequence"] for item in shop.api.get("/prices?allow_expired_prices=true")["items"]))

    chain = shop.api.post("/prices/search", {"allow_expired_prices": True, "order": "asc"})["items"]

    assert len(chain) == len(steps) + 1
    assert [held.get("end_date") for held in chain] == [held["start_date"] for held in chain[1:]] + [None]
    assert sequences == sorted(set(sequences))
    assert len({held["sequence"] for held in chain}) == len(chain)
