"""What a wallet does, in as few words as do it (wallets.md §3-6); credits only, time in hours."""

from dataclasses import dataclass, field
from decimal import Decimal

ZERO = Decimal(0)
GRACE = 6


@dataclass
class Lot:
    """Credits of one entry; `expiry` in hours from the start."""

    name: str
    size: Decimal
    left: Decimal
    priority: int | None
    expiry: int | None
    pending: bool


@dataclass
class Model:
    """`swallowed` are credits that only filled an overdraft; `taken` were consumed from lots by debits."""

    closed: bool = False
    balance: Decimal = ZERO
    hour: int = 0
    lots: list[Lot] = field(default_factory=list)
    granted: Decimal = ZERO
    taken: Decimal = ZERO
    expired: Decimal = ZERO
    terminated: Decimal = ZERO
    swallowed: Decimal = ZERO

    def credit(self, name: str, credits: Decimal, priority: int | None, expiry: int | None, *, pending: bool) -> None:
        self.lots.append(Lot(name, credits, credits, priority, expiry, pending=True))
        if not pending:
            self.complete(name)

    def complete(self, name: str) -> None:
        (lot,) = [lot for lot in self.lots if lot.name == name]
        if not lot.pending:
            return
        lot.pending = False
        before, self.balance = self.balance, self.balance + lot.size
        lot.left = max(ZERO, self.balance) if before < ZERO else lot.size
        self.granted += lot.size
        self.swallowed += lot.size - lot.left

    def usable(self) -> list[Lot]:
        """What may be consumed, in order: priority, expiry, the larger, the older."""
        found = [lot for lot in self.lots if not lot.pending and lot.left and (lot.expiry is None or lot.expiry >= self.hour)]
        return sorted(found, key=lambda lot: (lot.priority is None, lot.priority, lot.expiry is None, lot.expiry, -lot.size))

    def debit(self, credits: Decimal) -> None:
        self.taken += self._consume(credits)

    def terminate(self) -> bool:
        """False where it is refused."""
        if self.closed or (self.balance > ZERO and sum(lot.left for lot in self.usable()) < self.balance):
            return False
        if self.balance > ZERO:
            self.terminated += self._consume(self.balance)
        self.closed = True
        return True

    def advance(self, hours: int) -> None:
        """What expired more than the grace ago is swept."""
        self.hour += hours
        for lot in self.lots:
            if not lot.pending and lot.expiry is not None and lot.expiry + GRACE <= self.hour:
                self.expired += lot.left
                self.balance -= lot.left
                lot.left = ZERO

    def _consume(self, credits: Decimal) -> Decimal:
        self.balance -= credits
        left = credits
        for lot in self.usable():
            take = min(left, lot.left)
            lot.left, left = lot.left - take, left - take
        return credits - left
