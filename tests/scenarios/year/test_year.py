"""A company's year: the laws of billing hold at the end of each month, and one seed has one outcome."""

from collections import Counter

import pytest

from flexprice_emulator.testing import laws
from tests.scenarios.year.journey import Journey
from tests.scenarios.year.local import local
from tests.scenarios.year.world import START, World

MONTHS = 12


# Finalized two hours after the roll-over, as by default, or at once: then what is unpaid stops a subscription.
@pytest.mark.parametrize(("seed", "members", "finalization_delay_seconds"), [("maple", 11, 7200), ("birch", 9, 0)])
def test_the_laws_of_billing_hold_through_a_year(seed: str, members: int, finalization_delay_seconds: int) -> None:
    with local(seed, START) as api:
        world = World(api, seed, members, finalization_delay_seconds)
        journey = Journey(world)
        for month in range(MONTHS):
            journey.month(month)
        invoices = world.invoices()
    assert journey.compared > 5 * members, "previews were compared with what was billed"
    reasons = Counter(invoice["billing_reason"] for invoice in invoices)
    assert reasons["SUBSCRIPTION_CYCLE"] > 6 * members
    assert {"SUBSCRIPTION_CREATE", "SUBSCRIPTION_TRIAL_END", "SUBSCRIPTION_UPDATE"} <= reasons.keys()
    assert {"SUCCEEDED", "PENDING"} <= {invoice["payment_status"] for invoice in invoices}
    assert any(invoice["total_discount"] != "0" for invoice in invoices)
    assert any(invoice["total_prepaid_credits_applied"] != "0" for invoice in invoices)
    # Nothing deviates but what docs/quirks.md names, and that is rare.
    print(f"{len(invoices)} invoices, {journey.compared} previews; documented: {dict(journey.documented)}; asked: {dict(world.asked)}")
    assert sum(journey.documented.values()) < len(invoices) / 10
    assert len(world.waiting_drafts) < len(invoices) / 10


def test_one_seed_has_one_outcome() -> None:
    outcomes = []
    for _ in range(2):
        with local("oak", START) as api:
            world = World(api, "oak", 6, 7200)
            journey = Journey(world, judged=False)
            for month in range(5):
                journey.month(month)
            outcomes.append(world.everything())
    assert len(outcomes[0]["invoices"]) > 20
    laws.hold(laws.same(*outcomes))


def test_another_seed_has_another() -> None:
    outcomes = []
    for seed in ("oak", "ash"):
        with local(seed, START) as api:
            outcomes.append(World(api, seed, 2, 7200).everything())
    assert list(laws.same(*outcomes)) != []
