"""A monthly subscription with rows of usage, and short ways to say what is on it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from flexprice_emulator.rating.invoice.model import InvoiceRequest, LineItem, Subscription
from flexprice_emulator.rating.metering.model import Meter, UsageRow
from flexprice_emulator.rating.metering.rows import RowsUsage
from flexprice_emulator.rating.pricing.model import Price

START, END = datetime(2025, 3, 1, tzinfo=UTC), datetime(2025, 4, 1, tzinfo=UTC)


class Billing:
    """Builds requests: usage lines on meters of their own, fixed lines, and the rest by field name."""

    start, end = START, END

    def __init__(self) -> None:
        self.rows: list[UsageRow] = []

    def subscription(self, **fields: Any) -> Subscription:
        """Monthly from 1 March 2025, plan "Plan"."""
        base = Subscription("sub", "usd", START, START, START, END, plan_display_name="Plan", customer_id="cust")
        return replace(base, **fields)

    def fixed(self, name: str, amount: str, cadence: str = "ADVANCE", start: datetime = START, **fields: Any) -> LineItem:
        """A flat fixed line; `period` and `count` are the price's, other fields the line's."""
        price = Price(
            f"price-{name}",
            "usd",
            "FLAT_FEE",
            Decimal(amount),
            type="FIXED",
            invoice_cadence=cadence,
            billing_period=fields.pop("period", "MONTHLY"),
            billing_period_count=fields.pop("count", 1),
            price_unit=fields.pop("price_unit", None),
        )
        return LineItem(name, price, start, display_name=name, **fields)

    def usage(self, name: str, amount: str = "1", *values: str, **fields: Any) -> LineItem:
        """A flat usage line on a SUM meter that saw `values`, one a day from 2 March."""
        meter = Meter(name, "e", "SUM", field="v", bucket_size=fields.pop("bucket_size", None))
        price = fields.pop("price", None) or Price(
            f"price-{name}",
            "usd",
            "FLAT_FEE",
            Decimal(amount),
            invoice_cadence=fields.pop("cadence", "ARREAR"),
            price_unit=fields.pop("price_unit", None),
        )
        for index, value in enumerate(values):
            self.rows.append(UsageRow(f"{name}{index}", "c", name, datetime(2025, 3, 2 + index, tzinfo=UTC), Decimal(value)))
        return LineItem(name, price, START, meter=meter, display_name=name, meter_display_name=name, **fields)

    def request(self, *items: LineItem, **fields: Any) -> InvoiceRequest:
        """A preview of March unless told otherwise."""
        given: dict[str, Any] = {
            "subscription": self.subscription(),
            "line_items": items,
            "usage": RowsUsage(self.rows),
            "customers": ["c"],
            "period_start": START,
            "period_end": END,
            "reference_point": "preview",
            "now": END,
        }
        return InvoiceRequest(**(given | fields))


@pytest.fixture
def billing() -> Billing:
    """Fresh rows for each test."""
    return Billing()


@pytest.fixture
def shown() -> Callable[[Any], list[tuple[str, str, str]]]:
    """Lines as (name, amount, quantity)."""
    return lambda draft: [(line.display_name, f"{line.amount:f}", f"{line.quantity:f}") for line in draft.line_items]
