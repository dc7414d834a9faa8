"""The body of a process that moves a company through time on a file database, and can be killed at any point."""

import json
import os
import signal
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from flexprice_emulator.workspace import due
from flexprice_emulator.workspace.clock import ClockState
from flexprice_emulator.workspace.registry import SANDBOX_ID, Registry
from tests.scenarios.year.actions import cancel_at_end, cancel_on_a_date, decide_payment
from tests.scenarios.year.joining import fill
from tests.scenarios.year.local import local
from tests.scenarios.year.world import START, Member, World, month_start

SEED = "elm"
MEMBERS = 12
MONTHS = 4


class Countdown:
    """Kills this process at a point: commits about to happen, and commits that have happened."""

    left = 0

    def point(self, *_: Any) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def build(folder: Path) -> None:
    """A company with all its customers will do for months: usage to come, cancellations that wait, declines, grants, trials."""
    with local(SEED, START, folder) as api:
        world = fill(World(api, SEED, 7200), MEMBERS)
        for member in world.members:
            days = [
                START + timedelta(days=member.chance.randint(0, 30 * MONTHS), seconds=member.chance.randint(0, 86399)) for _ in range(12)
            ]
            world.use(member, days)
            if member.chance.random() < 0.4:
                member.chance.choice((cancel_at_end, cancel_on_a_date))(world, member)
            if member.chance.random() < 0.4:
                decide_payment(world, member)
        (folder / "members.json").write_text(
            json.dumps([[found.customer_id, found.external_id, found.subscriptions] for found in world.members])
        )


def move(folder: Path, point: int) -> None:
    """Advance by all months, or go on where it was cut off; dies at the point-th point."""
    countdown = Countdown()
    event.listen(Session, "before_commit", countdown.point)
    event.listen(Session, "after_commit", countdown.point)
    registry = Registry(folder, seed=SEED, real_time=lambda: START, clock=ClockState("frozen", START, START))
    workspace = registry.get(SANDBOX_ID)
    assert workspace is not None
    (folder / "begun").touch()
    countdown.left = point
    due.settle(workspace)
    if workspace.clock.now() < end():
        due.advance(workspace, end())
    registry.close()


def end() -> datetime:
    return month_start(MONTHS)


def read(folder: Path) -> dict[str, Any]:
    """Everything, as the API shows it."""
    with local(SEED, START, folder) as api:
        world = World.__new__(World)
        world.api, world.members, world.now = api, [], end()
        for customer_id, external_id, subscriptions in json.loads((folder / "members.json").read_text()):
            member = Member(SEED, {"id": customer_id, "external_id": external_id})
            member.subscriptions = subscriptions
            world.members.append(member)
        return {**world.everything(), "clock": api.send("GET", "//_emulator/clock").json()}
