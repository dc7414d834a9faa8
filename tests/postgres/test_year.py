"""A company's months: the laws of billing hold, and both databases have the same outcome."""

from flexprice_emulator.testing import laws
from flexprice_emulator.workspace.clock import ClockState
from tests.postgres.conftest import Target
from tests.postgres_server import Server
from tests.scenarios.year.joining import fill
from tests.scenarios.year.journey import Journey
from tests.scenarios.year.judge import Judge
from tests.scenarios.year.local import KEY, Watched
from tests.scenarios.year.world import START, World

MEMBERS, MONTHS = 6, 3


def company(target: Target, seed: str) -> World:
    registry = target.registry(seed=seed, real_time=lambda: START, clock=ClockState("frozen", START, START))
    return fill(World(target.api(registry, KEY, Watched), seed, 7200), MEMBERS)


def live(world: World, judge: Judge | None) -> None:
    journey = Journey(world, judge, actions_a_month=2)
    for month in range(MONTHS):
        journey.month(month)


def test_the_laws_of_billing_hold(postgresql: Server) -> None:
    target = Target("postgresql", postgresql)
    world = company(target, "maple")
    judge = Judge(world)
    live(world, judge)
    assert judge.compared > MEMBERS
    assert len(world.invoices()) > 8
    target.close()


def test_both_databases_have_one_outcome(postgresql: Server) -> None:
    outcomes = []
    for kind in ("sqlite", "postgresql"):
        target = Target(kind, postgresql)
        world = company(target, "oak")
        live(world, None)
        outcomes.append(world.everything())
        target.close()
    assert len(outcomes[0]["invoices"]) > 8
    laws.hold(laws.same(*outcomes))
