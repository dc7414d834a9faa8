"""What a wallet does, in as few words as do it (wallets.md §3-6); credits only, time in hours, nothing of the engine's."""

from dataclasses import dataclass, field
from decimal import Decimal

ZERO, GRACE = Decimal(0), 6


@dataclass
class Lot:
    """Credits of one entry; `expiry` in hours from the start."""

    name: str
    size: Decimal
    left: Decimal
    priority: int | None
    expiry: int | None
    pending: bool = True


@dataclass
class Model:
    """`swallowed` are credits that only filled an overdraft; `taken` were consumed from lots by debits."""

    closed: bool = False
    hour: int = 0
    lots: list[Lot] = field(default_factory=list)
    balance = granted = taken = expired = terminated = swallowed = ZERO

    def complete(self, lot: Lot) -> None:
        lot.pending, before, self.balance = False, self.balance, self.balance + lot.size
        lot.left = max(ZERO, self.balance) if before < ZERO else lot.size
        self.granted, self.swallowed = self.granted + lot.size, self.swallowed + lot.size - lot.left

    def usable(self) -> list[Lot]:
        """What may be consumed, in order: priority, expiry, the larger, the older."""
        found = [lot for lot in self.lots if not lot.pending and lot.left and (lot.expiry is None or lot.expiry >= self.hour)]
        return sorted(found, key=lambda lot: (lot.priority is None, lot.priority, lot.expiry is None, lot.expiry, -lot.size))

    def debit(self, credits: Decimal) -> Decimal:
        """What came from lots; the rest overdraws."""
        left, self.balance = credits, self.balance - credits
        for lot in self.usable():
            take = min(left, lot.left)
            lot.left, left = lot.left - take, left - take
        return credits - left

    def terminate(self) -> bool:
        """False where it is refused."""
        if self.closed or sum(lot.left for lot in self.usable()) < self.balance:
            return False
        self.terminated, self.closed = self.debit(max(self.balance, ZERO)), True
        return True

    def sweep(self) -> None:
        """What expired more than the grace ago."""
        for lot in self.lots:
            if not lot.pending and lot.expiry is not None and lot.expiry + GRACE <= self.hour:
                self.expired, self.balance, lot.left = self.expired + lot.left, self.balance - lot.left, ZERO
