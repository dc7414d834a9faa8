"""Totals where discounts exceed what is charged, and what stays due."""

from decimal import Decimal

from flexprice_emulator.rating.margin import margin, markup
from flexprice_emulator.rating.totals import amount_due, amount_remaining, invoice_totals


def test_a_discount_beyond_the_subtotal_still_leaves_the_tax() -> None:
    assert invoice_totals(Decimal(10), Decimal(20), Decimal(0), Decimal(2)).total == 2


def test_adjustments_lower_what_is_due_and_payments_what_remains() -> None:
    due = amount_due(Decimal(100), Decimal(30))
    assert (due, amount_remaining(due, Decimal(20)), amount_remaining(due, Decimal(90))) == (70, 50, 0)


def test_no_cost_has_no_markup() -> None:
    assert (margin(Decimal(5), Decimal(0)), markup(Decimal(5), Decimal(0))) == (100, 0)
