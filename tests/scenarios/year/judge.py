"""The laws of billing, held against a company step by step; what deviates as docs/quirks.md says is counted."""

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from flexprice_emulator.testing import laws
from tests.scenarios.year.world import SECOND, START, Member, World, text

_SAMPLED = 0.1


class Judge:
    """`documented` counts by quirk what breaks a law as the real service does; `compared` previews, `reported` events.

    A violation is counted once, however often it is met. What no document names is raised, or where it is not `strict` kept in `broken`.
    """

    def __init__(self, world: World, *, strict: bool = True) -> None:
        self.world, self.strict = world, strict
        self.broken: list[laws.Violation] = []
        self.steps = self.compared = self.reported = 0
        self._known: set[laws.Violation] = set()
        self._since, self._writes = START, -1
        # Subscriptions whose invoices have changed since the last step.
        self._changed: set[str] = set()
        # Every invoice as it was read last, by subscription and id.
        self._invoices: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        # Each event's findings that the doctor has confirmed.
        self._examined: set[tuple[str, str, str]] = set()
        self._previews: dict[tuple[str, str], dict[str, Any]] = {}

    @property
    def documented(self) -> Counter[str]:
        return Counter(violation.documented for violation in self._known)

    def step(self, member: Member) -> None:
        """Every law over what belongs to a member and over all that has changed since the last step."""
        self.steps += 1
        self._read()
        changed, self._changed = self._changed, set()
        for other in self.world.members:
            if other is member or not changed.isdisjoint(_billed(other)):
                self._member(other)

    def everybody(self) -> None:
        """Every law over all there is; the doctor is asked about all that came too late, and some of what is billed."""
        self._read()
        self._hold(laws.numbering([invoice for some in self._invoices.values() for invoice in some.values()]))
        for member in self.world.members:
            self._member(member)
            self._doctor(member)
            for wallet in self.world.api.get(f"/customers/{member.customer_id}/wallets"):
                self._hold(laws.ledger(wallet, self.world.pages(f"/wallets/{wallet['id']}/transactions")))

    def preview(self, preview: dict[str, Any]) -> dict[str, Any] | None:
        """Compare a preview of the instant before a roll-over with the invoice that it made, and give that.

        None where the period had its invoice already.
        """
        self._read()
        own, period = self._of(preview["subscription_id"]), preview["period_end"]
        made = [found for found in own if _untouched(preview, found)]
        if not made and any(
            found["billing_reason"] == "SUBSCRIPTION_CYCLE" and found["period_end"] == period and found["invoice_status"] == "FINALIZED"
            for found in own
        ):
            return None
        assert len(made) == 1, (preview["subscription_id"], period, made)
        self._hold(laws.preview_matches(preview, made[0]))
        self.compared += 1
        self._previews[preview["subscription_id"], period] = preview
        return made[0]

    def forget(self, preview: dict[str, Any]) -> None:
        """Its invoice was computed again since."""
        self._previews.pop((preview["subscription_id"], preview["period_end"]), None)

    def _read(self) -> None:
        """Read the invoices that have changed, hold the laws of single invoices against them, and note whose they are."""
        if self._writes == self.world.api.writes:
            return
        self._writes = self.world.api.writes
        for invoice in self.world.changed_invoices(self._since):
            of = invoice.get("subscription_id") or ""
            if self._invoices[of].get(invoice["id"]) != invoice:
                self._invoices[of][invoice["id"]] = invoice
                self._changed.add(of)
                self._invoice(invoice)
        self._since = self.world.now

    def _invoice(self, invoice: dict[str, Any]) -> None:
        world = self.world
        self._hold(laws.totals(invoice), laws.settlement(invoice))
        if invoice["total_tax"] != "0" or invoice["total_discount"] != "0":
            whole = world.invoice(invoice["id"])
            associations = {found["coupon_association_id"] for found in whole.get("coupon_applications") or []} - {None}
            known = {found: world.api.get(f"/coupons/associations/{found}") for found in sorted(associations)}
            self._hold(laws.taxes(whole, world.catalog.rates), laws.discounts(whole, known))
        preview = self._previews.get((invoice.get("subscription_id") or "", invoice.get("period_end") or ""))
        if preview and invoice["invoice_status"] == "FINALIZED" and _untouched(preview, invoice):
            self._hold(laws.preview_matches(preview, invoice))

    def _member(self, member: Member) -> None:
        for subscription_id, billed_by in zip(member.subscriptions, _billed(member), strict=True):
            subscription, invoices = self.world.subscription(subscription_id), self._of(billed_by)
            self._hold(laws.usage_once(subscription, invoices, member.events, self.world.catalog.meters, billed_by=billed_by))
            if not member.payer:
                self._hold(laws.numbering(invoices), laws.lines_once(invoices))
                self._hold(laws.periods(subscription, invoices), laws.anchored(subscription, invoices))

    def _doctor(self, member: Member) -> None:
        world = self.world
        for subscription_id, billed_by in zip(member.subscriptions, _billed(member), strict=True):
            subscription, invoices = world.subscription(subscription_id), self._of(billed_by)
            for seen in laws.sightings(subscription, invoices, member.events, world.catalog.meters, billed_by=billed_by):
                key = str(seen.event["event_id"]), seen.line_item_id, str(seen.invoice["id"])
                if seen.invoice["invoice_status"] != "FINALIZED" or key in self._examined:
                    continue
                self._examined.add(key)
                if not seen.is_known or member.chance.random() < _SAMPLED:
                    self._hold(laws.reported(seen, world.doctor(key[0])))
                    self.reported += 1

    def _of(self, subscription_id: str) -> list[dict[str, Any]]:
        return list(self._invoices[subscription_id].values())

    def _hold(self, *found: Any) -> None:
        try:
            self._known.update(laws.hold(*found))
        except laws.LawBroken as broken:
            if self.strict:
                raise
            self.broken += [violation for violation in broken.violations if violation not in self.broken]


def _billed(member: Member) -> list[str]:
    """For each of a member's subscriptions the one whose invoices hold its lines."""
    return [member.payer.subscription_id] if member.payer else member.subscriptions


def _untouched(preview: dict[str, Any], invoice: dict[str, Any]) -> bool:
    """Whether an invoice is the previewed one, as it was made at the roll-over."""
    made = datetime.fromisoformat(preview["period_end"]) + SECOND
    return (
        invoice["billing_reason"] == "SUBSCRIPTION_CYCLE"
        and invoice.get("subscription_id") == preview["subscription_id"]
        and invoice["period_end"] == preview["period_end"]
        and invoice.get("last_computed_at") == text(made)
    )
