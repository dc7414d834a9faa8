"""A year, month by month, with the laws held against it on the way."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from flexprice_emulator.testing import laws
from tests.scenarios.year.actions import MOVES_PERIODS, chosen, correct
from tests.scenarios.year.world import SECOND, Member, World, month_start, text

_ENDING = ("active", "trialing")


class Journey:
    """Moves a world through time. `documented` counts what breaks a law as the real service does; `compared` previews and invoices.

    With `judged` False nothing is previewed and no law is looked at: what is left is the work itself.
    """

    def __init__(self, world: World, *, judged: bool = True, actions_a_month: int = 3) -> None:
        self.world, self.judged, self.actions_a_month = world, judged, actions_a_month
        self.documented: Counter[str] = Counter()
        self.compared = 0
        # When whose period ends, as read after what may have moved it.
        self._ends: dict[str, datetime] = {}
        self._states: dict[str, tuple[str, str]] = {}
        self._previews: dict[tuple[str, str], dict[str, Any]] = {}

    def month(self, index: int) -> None:
        """Who has left is replaced, everybody acts at moments of their own, and the laws are held against what came of it."""
        world, end = self.world, month_start(index + 1)
        for _ in world.leave():
            self._look(world.join())
        seconds = int((end - world.now).total_seconds())
        plan = [
            (world.now + timedelta(seconds=member.chance.randint(0, seconds - 1)), number, member, chosen(member.chance))
            for number, member in enumerate(world.members)
            if member.stays
            for _ in range(self.actions_a_month)
        ]
        for moment, _, member, action in sorted(plan, key=lambda step: step[:2]):
            self.travel(moment)
            action(world, member)
            if action in MOVES_PERIODS:
                self._look(member)
        self.travel(end)
        if self.judged:
            self.judge()

    def travel(self, to: datetime) -> None:
        """Go to a moment, with a stop at the end of each period to preview it, and one a second later to compare."""
        world = self.world
        while self.judged:
            first = min(self._ends.values(), default=to)
            if first + SECOND > to:
                break
            rolling = [member for member in world.members if self._ends.get(member.subscription_id) == first]
            world.advance(first)
            previews = [self._preview(member) for member in rolling]
            world.advance(first + SECOND)
            for member, preview in zip(rolling, previews, strict=True):
                plan, _ = self._states[member.subscription_id]
                self._look(member)
                # A plan change that waited for the period's end is made before the invoice.
                if preview is not None and plan == self._states[member.subscription_id][0]:
                    self._compare(member, preview)
        if to > world.now:
            world.advance(to)

    def judge(self) -> None:
        """Every law over all there is."""
        world = self.world
        invoices = world.invoices()
        found = laws.hold(
            *(law(invoice) for invoice in invoices for law in (laws.totals, laws.settlement)),
            laws.numbering(invoices),
            laws.lines_once(invoices),
        )
        for member in world.members:
            subscription = world.subscription(member)
            own = [invoice for invoice in invoices if invoice.get("subscription_id") == member.subscription_id]
            found += laws.hold(
                laws.periods(subscription, own),
                laws.usage_once(subscription, own, member.events, world.catalog.meters),
            )
            for wallet in world.api.get(f"/customers/{member.customer_id}/wallets"):
                found += laws.hold(laws.ledger(wallet, world.pages(f"/wallets/{wallet['id']}/transactions")))
        for invoice in invoices:
            preview = self._previews.get((invoice.get("subscription_id") or "", invoice["period_end"]))
            if preview and invoice["invoice_status"] == "FINALIZED" and _untouched(preview, invoice):
                found += laws.hold(laws.preview_matches(preview, invoice))
        self.documented = Counter(violation.documented for violation in found)

    def _look(self, member: Member) -> None:
        if not self.judged:
            return
        subscription = self.world.subscription(member)
        self._ends.pop(member.subscription_id, None)
        self._states[member.subscription_id] = subscription["plan_id"], subscription["subscription_status"]
        end = datetime.fromisoformat(subscription["current_period_end"])
        if subscription["subscription_status"] in _ENDING and end >= self.world.now:
            self._ends[member.subscription_id] = end

    def _preview(self, member: Member) -> dict[str, Any] | None:
        """What the running period will be billed; None for a trial, and where it is refused: a period cut to end before it begins."""
        if self._states[member.subscription_id][1] != "active":
            return None
        found: dict[str, Any] | None = self.world.ask("POST", "/invoices/preview", {"subscription_id": member.subscription_id})
        return found

    def _compare(self, member: Member, preview: dict[str, Any]) -> None:
        own = [found for found in self.world.invoices(member) if _untouched(preview, found)]
        assert len(own) == 1, (member.subscription_id, preview["period_end"], own)
        laws.hold(laws.preview_matches(preview, own[0]))
        self.compared += 1
        if own[0]["invoice_status"] == "DRAFT" and member.chance.random() < 0.3:
            correct(self.world, member, own[0])
        else:
            self._previews[member.subscription_id, preview["period_end"]] = preview


def _untouched(preview: dict[str, Any], invoice: dict[str, Any]) -> bool:
    """Whether an invoice is the previewed one, as it was made at the roll-over."""
    made = datetime.fromisoformat(preview["period_end"]) + SECOND
    return (
        invoice["billing_reason"] == "SUBSCRIPTION_CYCLE"
        and invoice.get("subscription_id") == preview["subscription_id"]
        and invoice["period_end"] == preview["period_end"]
        and invoice.get("last_computed_at") == text(made)
    )
