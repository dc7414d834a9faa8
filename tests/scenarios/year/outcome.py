"""`python -m tests.scenarios.year.outcome SEED MEMBERS MONTHS`: the digest of all there is after so many months, and how many invoices."""

import sys

from flexprice_emulator.testing import laws
from tests.scenarios.year.joining import fill
from tests.scenarios.year.journey import Journey
from tests.scenarios.year.local import local
from tests.scenarios.year.world import START, World


def run(seed: str, members: int, months: int) -> tuple[str, str]:
    with local(seed, START) as api:
        world = fill(World(api, seed, 7200), members)
        journey = Journey(world, None)
        for month in range(months):
            journey.month(month)
        everything = world.everything()
    return laws.digest(everything), str(len(everything["invoices"]))


if __name__ == "__main__":
    print(*run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
