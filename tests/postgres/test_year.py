"""A company's months: the laws of billing hold, and both databases have the same outcome."""

from flexprice_emulator.testing import laws
from flexprice_emulator.workspace.clock import ClockState
from tests.postgres.conftest import Target
from tests.postgres_server import Server
from tests.scenarios.year.joining import fill
from tests.scenarios.year.journey import Journey
from tests.scenarios.year.local import KEY
from tests.scenarios.year.world import START, World

MEMBERS, MONTHS = 6, 3


def outcome(target: Target, seed: str, *, judged: bool) -> Journey:
    registry = target.registry(seed=seed, real_time=lambda: START, clock=ClockState("frozen", START, START))
    world = fill(World(target.api(registry, KEY), seed, 7200), MEMBERS)
    journey = Journey(world, judged=judged, actions_a_month=2)
    for month in range(MONTHS):
        journey.month(month)
    return journey


def test_the_laws_of_billing_hold(postgresql: Server) -> None:
    target = Target("postgresql", postgresql)
    journey = outcome(target, "maple", judged=True)
    assert journey.judge.compared > MEMBERS
    assert len(journey.world.invoices()) > 8
    target.close()


def test_both_databases_have_one_outcome(postgresql: Server) -> None:
    outcomes = []
    for kind in ("sqlite", "postgresql"):
        target = Target(kind, postgresql)
        outcomes.append(outcome(target, "oak", judged=False).world.everything())
        target.close()
    assert len(outcomes[0]["invoices"]) > 8
    laws.hold(laws.same(*outcomes))
