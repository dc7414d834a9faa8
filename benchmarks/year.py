"""A year of a thousand subscriptions with all that happens to them (tests/scenarios/year); minutes long, so it runs only by name.

`python -m benchmarks year [--seed TEXT] [--members N]`
"""

import argparse
import time
from datetime import datetime

from benchmarks.measure import Figure
from tests.scenarios.year.journey import Journey
from tests.scenarios.year.local import local
from tests.scenarios.year.world import START, World

MONTHS = 12
MONTH_BUDGET = 30.0
# The last quarter over the second (the first has trials and late starts). A period costs the same whatever came before; what
# grows is what stays open: expired credits that unpaid invoices hold back are looked at every day, and nobody settles here.
GROWTH = 2.5


class _Timed(World):
    """Counts the seconds its clock takes, and those of the processor, apart from what customers ask."""

    advancing = busy = 0.0

    def advance(self, to: datetime) -> None:
        start, started = time.perf_counter(), time.process_time()
        super().advance(to)
        self.advancing += time.perf_counter() - start
        self.busy += time.process_time() - started


def run() -> list[Figure]:
    parser = argparse.ArgumentParser(prog="benchmarks year")
    parser.add_argument("name", nargs="*")
    parser.add_argument("--seed", default="maple")
    parser.add_argument("--members", type=int, default=1000)
    wanted = parser.parse_args()
    begun = time.perf_counter()
    with local(wanted.seed, START) as api:
        world = _Timed(api, wanted.seed, wanted.members, 7200)
        journey = Journey(world, judged=False, actions_a_month=1)
        print(f"{wanted.members:,} members in {time.perf_counter() - begun:.0f} s", flush=True)
        months, busy = [], []
        for month in range(MONTHS):
            held, held_busy, start = world.advancing, world.busy, time.perf_counter()
            journey.month(month)
            months.append(world.advancing - held)
            busy.append(world.busy - held_busy)
            whole = time.perf_counter() - start
            print(
                f"month {month + 1}: {months[-1]:.1f} s to advance ({busy[-1]:.1f} s busy), {whole:.1f} s with what was asked", flush=True
            )
        billed = len(world.invoices())
    taken, growth = time.perf_counter() - begun, sum(busy[9:]) / sum(busy[3:6])
    return [
        Figure(
            f"a year of {wanted.members:,} subscriptions, {billed:,} invoices",
            f"{taken:.0f} s; slowest month {max(months):.1f} s",
            f"month ≤ {MONTH_BUDGET:.0f} s",
            f"busy in the slowest {max(busy):.1f} s",
            max(months) <= MONTH_BUDGET * max(1.0, wanted.members / 1000),
        ),
        Figure("the last quarter of that year over the second", f"{growth:.2f}", f"≤ {GROWTH}", "", growth <= GROWTH),
    ]
