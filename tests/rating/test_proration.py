"""Proration beyond the measured cases: day-based shares, caps, empty periods."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from flexprice_emulator.rating.entitlement.proration import prorated_entitlement
from flexprice_emulator.rating.proration import ProrationRequest, calculate_proration, coefficient, day_coefficient, last_second, seconds

START = datetime(2025, 4, 1, tzinfo=UTC)
END = last_second(datetime(2025, 5, 1, tzinfo=UTC))
MIDDLE = datetime(2025, 4, 16, tzinfo=UTC)


def test_day_based_counts_calendar_days_of_the_zone() -> None:
    assert day_coefficient(START, END, MIDDLE, "UTC") == Decimal("0.5")
    assert day_coefficient(START, END, datetime(2025, 4, 15, 20, tzinfo=UTC), "Asia/Kolkata") == Decimal("0.5161290322580645")
    assert day_coefficient(END, START, MIDDLE, "UTC") == 0
    assert day_coefficient(START, START + timedelta(hours=1), START, "UTC") == 1
    assert day_coefficient(START, END, datetime(2025, 5, 9, tzinfo=UTC), "UTC") == 0


def test_day_based_strategy_uses_it() -> None:
    found = calculate_proration(
        ProrationRequest("add_item", START, END, MIDDLE, strategy="day_based", new_quantity=Decimal(1), new_unit_price=Decimal(30))
    )
    assert found is not None
    assert found.charges == (Decimal(15),)


def test_a_credit_is_capped_by_what_is_left_of_the_payment() -> None:
    found = calculate_proration(
        ProrationRequest(
            "remove_item",
            START,
            END,
            START,
            old_quantity=Decimal(1),
            old_unit_price=Decimal(30),
            original_amount_paid=Decimal(25),
            previous_credits_issued=Decimal(20),
        )
    )
    assert found is not None
    assert (found.credits, found.net) == ((Decimal(-5),), Decimal(-5))


def test_credits_beyond_the_payment_give_nothing() -> None:
    found = calculate_proration(
        ProrationRequest(
            "remove_item",
            START,
            END,
            START,
            old_quantity=Decimal(1),
            old_unit_price=Decimal(30),
            original_amount_paid=Decimal(25),
            previous_credits_issued=Decimal(26),
        )
    )
    assert found is not None
    assert (found.credits, found.net) == ((), Decimal(0))


def test_a_quantity_change_is_never_capped() -> None:
    found = calculate_proration(
        ProrationRequest(
            "quantity_change",
            START,
            END,
            START,
            old_quantity=Decimal(2),
            old_unit_price=Decimal(30),
            new_quantity=Decimal(1),
            new_unit_price=Decimal(30),
            original_amount_paid=Decimal(10),
        )
    )
    assert found is not None
    assert (found.credits, found.charges, found.net) == ((Decimal(-60),), (Decimal(30),), Decimal(-30))


def test_fractions_of_a_second_count() -> None:
    assert seconds(timedelta(days=1, microseconds=5)) == Decimal("86400.000005")


def test_an_empty_period_prorates_to_nothing() -> None:
    assert coefficient(START, START, START) == 0


def test_an_anniversary_limit_counts_from_the_period_start() -> None:
    found = prorated_entitlement(
        100,
        billing_cycle="anniversary",
        billing_anchor=START,
        billing_period="MONTHLY",
        period_start=START,
        period_end=datetime(2025, 5, 1, tzinfo=UTC),
        proration_date=MIDDLE,
    )
    assert (found.coefficient, found.limit) == (Decimal("0.5"), 50)
