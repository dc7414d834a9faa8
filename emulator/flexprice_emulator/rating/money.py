"""Money as text and as smallest units (rating.md §2.2, §3)."""

from decimal import Decimal
from typing import Final

from flexprice_emulator.rating.decimals import ZERO, currency_places, floor, multiply, round_currency, to_text

# A code without a symbol of its own is shown as it is, in capitals.
_SYMBOLS: Final = {
    "brl": "R$",
    "cny": "¥",
    "eur": "€",
    "gbp": "£",
    "idr": "Rp",
    "ils": "₪",
    "inr": "₹",
    "jpy": "¥",
    "krw": "₩",
    "kwd": "KD",
    "myr": "RM",
    "php": "₱",
    "pln": "zł",
    "rub": "₽",
    "thb": "฿",
    "try": "₺",
    "usd": "$",
    "vnd": "₫",
}


def currency_symbol(currency: str) -> str:
    """Symbol of a currency code in any case; the upper-case code where none is known."""
    return _SYMBOLS.get(currency.lower(), currency.upper())


def display_amount(amount: Decimal, currency: str) -> str:
    """Symbol and amount exactly as given: a price's own `display_amount` ("$0.015")."""
    return currency_symbol(currency) + to_text(amount)


def display_rounded(amount: Decimal, currency: str) -> str:
    """Symbol and amount rounded to the currency: `display_amount` of a charge."""
    return display_amount(round_currency(amount, currency), currency)


def smallest_unit(amount: Decimal, currency: str) -> int:
    """Whole cents (or the currency's own), cut not rounded, never negative: 10.999 usd -> 1099."""
    return int(floor(multiply(max(amount, ZERO), Decimal(10) ** currency_places(currency))))
