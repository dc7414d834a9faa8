"""A year of a thousand subscriptions with all that happens to them (tests/scenarios/year); minutes long, so it runs only by name.

`python -m benchmarks year [--seed TEXT] [--members N]`: the processor's seconds, month by month. Whether all is as it should be is
asked in laws.py.
"""

import time
from collections.abc import Sequence
from datetime import datetime

from benchmarks.measure import Figure
from benchmarks.members import options
from tests.scenarios.year.joining import fill
from tests.scenarios.year.journey import Journey
from tests.scenarios.year.local import local
from tests.scenarios.year.world import START, World

MONTHS = 12
# Of a thousand; what the processor is busy with, for the machine may do other things too.
YEAR_BUDGET, MONTH_BUDGET = 900.0, 60.0
# The last quarter over the first, an invoice each: trials and late starts leave the first with fewer.
GROWTH = 1.15


class _Timed(World):
    """Counts the processor's seconds that its clock takes, apart from what customers ask."""

    busy = 0.0

    def advance(self, to: datetime) -> None:
        started = time.process_time()
        super().advance(to)
        self.busy += time.process_time() - started

    def count(self) -> int:
        """Invoices so far, the skipped ones too."""
        queries = ("limit=1", "limit=1&invoice_status=SKIPPED")
        return sum(int(self.api.get(f"/invoices?{query}")["pagination"]["total"]) for query in queries)


def run() -> list[Figure]:
    wanted = options("year")
    begun, started = time.perf_counter(), time.process_time()
    with local(wanted.seed, START) as api:
        world = fill(_Timed(api, wanted.seed, 7200), wanted.members)
        print(f"{wanted.members:,} members in {time.process_time() - started:.0f} s", flush=True)
        journey = Journey(world, None, actions_a_month=1)
        months, made, billed = [], [], world.count()
        for month in range(MONTHS):
            whole, busy = time.process_time(), world.busy
            journey.month(month)
            months.append(time.process_time() - whole)
            before, billed = billed, world.count()
            made.append(billed - before)
            print(f"month {month + 1}: {months[-1]:.1f} s, of them {world.busy - busy:.1f} s to advance; {made[-1]:,} invoices", flush=True)
        year = time.process_time() - started
    part = max(wanted.members, 1) / 1000
    growth, equal = _growth(months, [1] * MONTHS), _growth(months, made)
    return [
        Figure(
            f"a year of {wanted.members:,} subscriptions, {billed:,} invoices, processor time",
            f"{year:.0f} s; slowest month {max(months):.1f} s",
            f"≤ {YEAR_BUDGET * part:.0f} s; month ≤ {MONTH_BUDGET * part:.0f} s",
            f"{time.perf_counter() - begun:.0f} s by the clock",
            year <= YEAR_BUDGET * part and max(months) <= MONTH_BUDGET * part,
        ),
        Figure(
            "the last quarter of that year over the first, an invoice each",
            f"{equal:.2f}",
            f"≤ {GROWTH}",
            f"{growth:.2f} whole",
            equal <= GROWTH,
        ),
    ]


def _growth(seconds: Sequence[float], units: Sequence[int]) -> float:
    return (sum(seconds[9:]) / sum(units[9:])) / (sum(seconds[:3]) / sum(units[:3]))
