"""A year, month by month, with the laws held against it at every step."""

from datetime import datetime, timedelta
from typing import Any

from tests.scenarios.year.actions import MOVES_PERIODS, chosen, correct, correct_twice, use_between
from tests.scenarios.year.joining import join
from tests.scenarios.year.judge import Judge
from tests.scenarios.year.world import SECOND, Member, World, month_start

_ENDING = ("active", "trialing")


class Journey:
    """Moves a world through time. Without a judge nothing is previewed and no law is looked at: what is left is the work itself."""

    def __init__(self, world: World, judge: Judge | None, *, actions_a_month: int = 3) -> None:
        self.world, self.judge, self.actions_a_month = world, judge, actions_a_month
        # When whose period ends, as read after what may have moved it; and plan and status then.
        self._ends: dict[str, datetime] = {}
        self._states: dict[str, tuple[str, str]] = {}
        for member in world.members if judge else ():
            self._look(member)

    def month(self, index: int) -> None:
        """Who has left is replaced, everybody acts at moments of their own, and the laws are held against what came of it."""
        world, judge, end = self.world, self.judge, month_start(index + 1)
        for _ in world.leave():
            for member in join(world):
                if judge:
                    self._look(member)
        seconds = int((end - world.now).total_seconds())
        plan = [
            (world.now + timedelta(seconds=member.chance.randint(0, seconds - 1)), number, member, chosen(member))
            for number, member in enumerate(world.members)
            if member.stays
            for _ in range(self.actions_a_month)
        ]
        for moment, _, member, action in sorted(plan, key=lambda step: step[:2]):
            self.travel(moment)
            action(world, member)
            if judge:
                if action in MOVES_PERIODS:
                    self._look(member)
                judge.step(member)
        self.travel(end)
        # Each step judges what it touches; now and then everything is.
        if judge and index % 3 == 2:
            judge.everybody()

    def travel(self, to: datetime) -> None:
        """Go to a moment, with a stop at the end of each period to preview it, and one a second later to compare."""
        while self.judge:
            first = min(self._ends.values(), default=to)
            if first + SECOND > to:
                break
            self._roll(self.judge, first)
        if to > self.world.now:
            self.world.advance(to)

    def _roll(self, judge: Judge, end: datetime) -> None:
        rolling = [member for member in self.world.members if self._ends.get(member.subscription_id) == end]
        self.world.advance(end)
        previews = [self._preview(member) for member in rolling]
        self.world.advance(end + SECOND)
        compared = [(member, preview, self._compare(judge, member, preview)) for member, preview in zip(rolling, previews, strict=True)]
        for member, preview, made in compared:
            if preview and made and self._touch(member, made):
                judge.forget(preview)
        for member in rolling:
            judge.step(member)

    def _look(self, member: Member) -> dict[str, Any]:
        """Note when a member's period ends; gives its subscription as it was, where another has followed it since."""
        for subscription_id in member.subscriptions:
            self._ends.pop(subscription_id, None)
        subscription = found = self.world.subscription(member.subscription_id)
        if found["subscription_status"] == "cancelled" and self.world.follow(member):
            subscription = self.world.subscription(member.subscription_id)
        self._states[member.subscription_id] = subscription["plan_id"], subscription["subscription_status"]
        end = datetime.fromisoformat(subscription["current_period_end"])
        if subscription["subscription_status"] in _ENDING and end >= self.world.now and member.payer is None:
            self._ends[member.subscription_id] = end
        return found

    def _preview(self, member: Member) -> dict[str, Any] | None:
        """What the running period will be billed; None for a trial, and where it is refused: a period cut to end before it begins."""
        if self._states[member.subscription_id][1] != "active":
            return None
        found: dict[str, Any] | None = self.world.ask("POST", "/invoices/preview", {"subscription_id": member.subscription_id})
        return found

    def _compare(self, judge: Judge, member: Member, preview: dict[str, Any] | None) -> dict[str, Any] | None:
        """The invoice that the previewed period was given, where it had none before."""
        plan, _ = self._states[member.subscription_id]
        subscription = self._look(member)
        # A plan change that waited for the period's end is made before the invoice.
        return judge.preview(preview) if preview and subscription["plan_id"] == plan else None

    def _touch(self, member: Member, made: dict[str, Any]) -> bool:
        """By chance, what can still happen to a draft; whether it was computed again."""
        if made["invoice_status"] != "DRAFT":
            return False
        luck = member.chance.random()
        if luck < 0.25:
            # Recalculating in place empties a draft without a line of the next period, and does not bring a group's lines back.
            running = made["subscription_id"] == member.subscription_id and self._states[member.subscription_id][1] == "active"
            more = running and not member.does_little and any(line["period_start"] >= made["period_end"] for line in made["line_items"])
            (correct_twice if more and luck < 0.1 else correct)(self.world, member, made)
            return True
        if luck < 0.4:
            use_between(self.world, member)
        return False
