"""How much of an invoice each wallet may pay, by what it is allowed for (wallets.md §11.2).

Invariants: no share exceeds its wallet's balance; wallets for everything never pay more together than what is left of the invoice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from flexprice_emulator.rating.decimals import ZERO, subtract

Allowed = Literal["USAGE", "FIXED", "ALL"]
_PLACES: tuple[Allowed, ...] = ("USAGE", "FIXED", "ALL")


@dataclass(frozen=True, slots=True)
class Left:
    """What is still to be paid: gross usage lines, gross other lines, and the invoice itself."""

    usage: Decimal
    fixed: Decimal
    total: Decimal

    def less(self, paid: Decimal) -> "Left":
        """With an amount paid off the lines, usage first; `total` is net of payments already."""
        off_usage = min(self.usage, paid)
        off_fixed = min(self.fixed, subtract(paid, off_usage))
        return Left(subtract(self.usage, off_usage), subtract(self.fixed, off_fixed), self.total)


@dataclass(frozen=True, slots=True)
class Share:
    """What one wallet pays."""

    wallet_id: str
    amount: Decimal


def allowed_type(config: dict[str, Any] | None) -> Allowed:
    """What a wallet's config lets it pay; both kinds, or none named, mean everything."""
    names = tuple((config or {}).get("allowed_price_types") or ())
    if names == ("USAGE",):
        return "USAGE"
    return "FIXED" if names == ("FIXED",) else "ALL"


def share_out(wallets: Iterable[tuple[str, Allowed, Decimal]], left: Left) -> list[Share]:
    """Shares of (id, allowed, balance): restricted wallets first, higher balances first.

    Known oddity: a restricted wallet looks at the gross lines only, so it may pay more than is left of a discounted invoice.
    """
    shares = []
    usage, fixed, total = left.usage, left.fixed, left.total
    for wallet_id, allowed, balance in _in_order(wallets):
        amount = min({"USAGE": usage, "FIXED": fixed, "ALL": total}[allowed], balance)
        if amount <= ZERO:
            continue
        if allowed == "USAGE":
            usage = subtract(usage, amount)
        elif allowed == "FIXED":
            fixed = subtract(fixed, amount)
        total = subtract(total, amount)
        shares.append(Share(wallet_id, amount))
    return shares


def _in_order(wallets: Iterable[tuple[str, Allowed, Decimal]]) -> list[tuple[str, Allowed, Decimal]]:
    return sorted(wallets, key=lambda held: (_PLACES.index(held[1]), -held[2]))
