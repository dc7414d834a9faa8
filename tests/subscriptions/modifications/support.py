"""Figures by hand: what is left of a period, in exact fractions."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from tests.subscriptions.shop import Shop

PERIOD = ("2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def left(amount: str, at: str, period: tuple[str, str] = PERIOD) -> Decimal:
    """The part of an amount for the rest of a period, whose last second does not count, in cents."""
    start, end = (moment(text) for text in period)
    total = (end - start).total_seconds() - 1
    share = Fraction(amount) * Fraction((end - moment(at)).total_seconds() - 1) / Fraction(total)
    return (Decimal(share.numerator) / Decimal(share.denominator)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def text(amount: Decimal) -> str:
    """As the API writes it."""
    return f"{amount.normalize():f}"


def line_named(subscription: dict[str, Any], name: str) -> dict[str, Any]:
    """The open line of a name."""
    found: dict[str, Any] = next(
        line for line in subscription["line_items"] if line["display_name"] == name and line["end_date"].startswith("0001")
    )
    return found


def modify(shop: Shop, subscription: dict[str, Any], kind: str, *, call: str = "execute", expect: int = 200, **params: Any) -> Any:
    body = {"type": kind, f"{kind}_params": params}
    return shop.api.post(f"/subscriptions/{subscription['id']}/modify/{call}", body, expect=expect)


def read(shop: Shop, subscription: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = shop.api.get(f"/subscriptions/{subscription['id']}")
    return found


def wallets(shop: Shop, customer: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shop.api.get(f"/customers/{customer['id']}/wallets")
    return found
