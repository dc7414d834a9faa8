"""The laws of billing at every step of a thousand subscriptions' year (tests/scenarios/year); most of an hour, so it runs only by name.

`python -m benchmarks laws [--seed TEXT] [--members N]`: a preview at the instant before each roll-over against its invoice, after each act
and roll-over every law over what it touched, each quarter over everything, with the doctor; what deviates as docs/quirks.md says is
counted by line. What is broken is printed at once, and the year goes on.
"""

import time

from benchmarks.measure import Figure
from benchmarks.members import options
from tests.scenarios.year.joining import fill
from tests.scenarios.year.journey import Journey
from tests.scenarios.year.judge import Judge
from tests.scenarios.year.local import local
from tests.scenarios.year.world import START, World

MONTHS = 12


def run() -> list[Figure]:
    wanted = options("laws")
    started = time.process_time()
    with local(wanted.seed, START) as api:
        world = fill(World(api, wanted.seed, 7200), wanted.members)
        judge = Judge(world, strict=False)
        journey = Journey(world, judge, actions_a_month=1)
        shown = 0
        for month in range(MONTHS):
            journey.month(month)
            about = f"{judge.steps:,} steps, {judge.compared:,} previews compared, {judge.reported:,} events examined"
            print(f"month {month + 1}: {time.process_time() - started:.0f} s; {about}; {len(judge.broken)} broken", flush=True)
            for violation in judge.broken[shown:]:
                print(f"  BROKEN: {violation}", flush=True)
            shown = len(judge.broken)
        invoices = len(world.invoices())
    known = judge.documented
    return [
        Figure(
            f"laws of billing at each step of a year of {wanted.members:,} subscriptions, {invoices:,} invoices",
            f"{len(judge.broken)} broken; {known.total():,} documented deviations",
            "0 broken",
            f"{judge.steps:,} steps, {judge.compared:,} previews, {judge.reported:,} events; {time.process_time() - started:.0f} s",
            not judge.broken,
        ),
        *(Figure(f"as docs/quirks.md says: {quirk}", f"{count:,}", "counted", "", ok=True) for quirk, count in sorted(known.items())),
    ]
