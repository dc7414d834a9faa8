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
# The last quarter over the second: history must not weigh. The first quarter has trials and late starts.
GROWTH = 1.5


class _Timed(World):
    """Counts the seconds its clock takes, apart from what customers ask."""

    advancing = 0.0

    def advance(self, to: datetime) -> None:
        start = time.perf_counter()
        super().advance(to)
        self.advancing += time.perf_counter() - start


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
        months = []
        for month in range(MONTHS):
            held, start = world.advancing, time.perf_counter()
            journey.month(month)
            months.append(world.advancing - held)
            print(f"month {month + 1}: {months[-1]:.1f} s to advance, {time.perf_counter() - start:.1f} s with what was asked", flush=True)
        billed = len(world.invoices())
    taken, growth = time.perf_counter() - begun, sum(months[9:]) / sum(months[3:6])
    return [
        Figure(
            f"a year of {wanted.members:,} subscriptions, {billed:,} invoices",
            f"{taken:.0f} s; slowest month {max(months):.1f} s",
            f"month ≤ {MONTH_BUDGET:.0f} s",
            "",
            max(months) <= MONTH_BUDGET * max(1.0, wanted.members / 1000),
        ),
        Figure("the last quarter of that year over the second", f"{growth:.2f}", f"≤ {GROWTH}", "", growth <= GROWTH),
    ]
