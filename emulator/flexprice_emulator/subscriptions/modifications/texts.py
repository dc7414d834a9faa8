"""The words on proration invoices, as observed."""

from datetime import datetime
from decimal import Decimal

from flexprice_emulator.rating.decimals import to_text

QUANTITY_CHANGE = " — Quantity Change Proration"


def span(start: datetime, end: datetime) -> str:
    """`1 Nov 2026 – 12 Dec 2026`."""
    return f"{_day(start)} – {_day(end)}"


def quantity_title(name: str, start: datetime, end: datetime) -> str:
    """The display name of a line for more units."""
    return f"{name}{QUANTITY_CHANGE} ({span(start, end)})"


def quantity_reason(old: Decimal, new: Decimal, unit_price: Decimal, currency: str, start: datetime, end: datetime) -> str:
    """Its description."""
    price = f"{currency.upper()} {to_text(unit_price)}"
    return f"Proration for quantity change: {to_text(old)} → {to_text(new)} units × {price}/unit ({span(start, end)})"


def charge_reason(name: str, quantity: Decimal, unit_price: Decimal, currency: str, start: datetime, end: datetime) -> str:
    """The description of a line that opens within a period."""
    return f"Proration charge: {_share(name, quantity, unit_price, currency, start, end)}"


def credit_reason(name: str, quantity: Decimal, unit_price: Decimal, currency: str, start: datetime, end: datetime) -> str:
    """The description of a line that closes within a period."""
    return f"Proration credit: {_share(name, quantity, unit_price, currency, start, end)}"


def _share(name: str, quantity: Decimal, unit_price: Decimal, currency: str, start: datetime, end: datetime) -> str:
    return f"{to_text(quantity)} × {name} {currency.upper()} {to_text(unit_price)}/unit ({span(start, end)})"


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y}"
