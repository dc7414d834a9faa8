"""Histories of a firm by chance: a list of numbers is a list of moves, so one of them can be left out and the rest stays."""

from collections.abc import Callable, Sequence
from random import Random

from tests.fuzz.firm import Firm
from tests.fuzz.moves import catalog, money, subscriptions
from tests.fuzz.promises import kept

MOVES: dict[Callable[[Firm, Random], None], int] = {**catalog.MOVES, **subscriptions.MOVES, **money.MOVES}
_NAMES, _WEIGHTS = list(MOVES), list(MOVES.values())
# Without customers and something to sell nothing happens.
_OPENING = (
    catalog.meter,
    catalog.meter,
    catalog.plan,
    subscriptions.customer,
    catalog.plan,
    subscriptions.customer,
    subscriptions.subscribe,
)


def move(firm: Firm, seed: int) -> None:
    """The move that a number is."""
    chance, before = Random(seed), len(firm.asked)
    for _ in range(8):
        chance.choices(_NAMES, _WEIGHTS)[0](firm, chance)
        # What there was nothing for is left for another.
        if len(firm.asked) > before:
            return


def live(firm: Firm, seeds: Sequence[int], *, every: int = 0) -> Firm:
    """A history of moves, with all promises checked at its end (and after each `every` of them). Raises Broken."""
    for index, opening in enumerate(_OPENING):
        opening(firm, Random(f"{seeds[0] if seeds else 0}/{index}"))
    for index, seed in enumerate(seeds, 1):
        move(firm, seed)
        if every and index % every == 0:
            kept(firm)
    kept(firm)
    return firm
