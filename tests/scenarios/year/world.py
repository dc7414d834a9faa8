"""A company, its customers and its clock. What they do is in actions.py, a year of it in journey.py."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from tests.conftest import Api
from tests.scenarios.year.catalog import COUPONS, PLANS, Catalog

START = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
EXPIRED_CREDITS = "Insufficient balance to process debit operation"
_PAGE = 1000
_OUTCOMES = ("succeed", "succeed", "succeed", "decline", "late")


def text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def month_start(index: int) -> datetime:
    """The first of a month, counted from the start."""
    return START.replace(year=START.year + index // 12, month=index % 12 + 1)


class Member:
    """A customer with a subscription, the events sent for it, and a source of chance of its own."""

    def __init__(self, seed: str, customer: dict[str, Any]) -> None:
        self.customer_id, self.external_id = str(customer["id"]), str(customer["external_id"])
        self.chance = random.Random(f"{seed}/{self.external_id}")
        self.subscription_id = ""
        self.plan = ""
        self.stays = True
        self.events: list[dict[str, Any]] = []


class World:
    """`now` is where its clock stands; `waiting_drafts` could not be finalized, for credits that expired unused but still count."""

    def __init__(self, api: Api, seed: str, members: int, finalization_delay_seconds: int) -> None:
        self.api, self.seed, self.now = api, seed, START
        self.members: list[Member] = []
        self.waiting_drafts: set[str] = set()
        self.asked: Counter[tuple[str, bool]] = Counter()
        held = api.get("/settings/invoice_config")["value"]
        api.put("/settings/invoice_config", {"value": {**held, "finalization_delay_seconds": finalization_delay_seconds}})
        self.catalog = Catalog(api)
        self.decide_payment("", "succeed")
        for _ in range(members):
            self.join()

    def join(self) -> Member:
        """A new customer, often with a tax, a wallet or a coupon, subscribes to a plan now, some days ago or some days ahead."""
        name = f"c{len(self.members)}"
        customer = self.api.post("/customers", {"external_id": name, "name": name.title()})
        member = Member(self.seed, customer)
        chance = member.chance
        if chance.random() < 0.4:
            link = {"tax_rate_code": "gst", "entity_type": "customer", "entity_id": member.customer_id, "auto_apply": True}
            self.api.post("/taxes/associations", link)
        if chance.random() < 0.4:
            kind = chance.choice(("PRE_PAID", "POST_PAID"))
            wallet = {"customer_id": member.customer_id, "currency": "usd", "wallet_type": kind, "conversion_rate": "1"}
            self.api.post("/wallets", {**wallet, "initial_credits_to_load": str(chance.randint(1, 120))})
        if chance.random() < 0.5:
            self.decide_payment(member.customer_id, chance.choice(_OUTCOMES))
        member.plan = chance.choice(PLANS)
        self.members.append(member)
        self._subscribe(member)
        return member

    def _subscribe(self, member: Member) -> None:
        chance = member.chance
        start = self.now + timedelta(seconds=chance.choice((0, -chance.randint(0, 20 * 86400), chance.randint(0, 25 * 86400))))
        body: dict[str, Any] = {
            "customer_id": member.customer_id,
            "plan_id": self.catalog.plans[member.plan],
            "currency": "usd",
            "billing_period": "MONTHLY",
            "start_date": text(start),
            "payment_behavior": chance.choice(("default_active", "default_active", "allow_incomplete")),
        }
        if chance.random() < 0.3:
            body["billing_cycle"] = "calendar"
        if chance.random() < 0.4:
            body["subscription_coupons"] = [{"coupon_code": chance.choice(COUPONS)}]
        if member.plan == "metered" and chance.random() < 0.7:
            body |= {"commitment_amount": "20", "overage_factor": "1.5", "enable_true_up": chance.random() < 0.5}
        made = self.api.post("/subscriptions", body, expect=201)
        member.subscription_id = str(made["id"])

    def leave(self) -> list[Member]:
        """Who has cancelled since this was asked last."""
        cancelled = {found["id"] for found in self.pages("/subscriptions", subscription_status="cancelled")}
        gone = [member for member in self.members if member.stays and member.subscription_id in cancelled]
        for member in gone:
            member.stays = False
        return gone

    def decide_payment(self, customer_id: str, outcome: str) -> None:
        """How the provider answers from now on."""
        rule = {"customer_id": customer_id, "outcome": outcome, **({"delay": "PT26H"} if outcome == "late" else {})}
        answer = self.api.send("POST", "//_emulator/payments/sandbox", rule)
        assert answer.status_code == 200, answer.text

    def advance(self, to: datetime) -> None:
        """Move the clock; nothing fails on the way but what is documented."""
        answer = self.api.send("POST", "//_emulator/clock/advance", {"to": text(to)})
        assert answer.status_code == 200, answer.text
        for failure in answer.json()["failed"]:
            assert failure["error"] == EXPIRED_CREDITS, failure
            self.waiting_drafts.add(failure["subject"]["invoice_id"])
        self.now = to

    def use(self, member: Member, moments: list[datetime], *, again: bool = False) -> None:
        """Send usage of some moments, past or to come; `again` sends all of it twice."""
        sent = []
        for at in moments:
            name = member.chance.choice(("calls", "calls", "jobs", "storage"))
            quantity = str(member.chance.choice((member.chance.randint(1, 300), 0, f"{member.chance.randint(0, 99)}.125")))
            event_id = f"{member.external_id}-{len(member.events) + len(sent)}"
            who = {"event_name": name, "external_customer_id": member.external_id, "event_id": event_id}
            sent.append({**who, "timestamp": text(at.replace(microsecond=0)), "properties": {"n": quantity}})
        if sent:
            for _ in range(2 if again else 1):
                self.api.post("/events/bulk", {"events": sent}, expect=202)
            member.events += [{**event, "arrived_at": text(self.now)} for event in sent]

    def subscription(self, member: Member) -> dict[str, Any]:
        found: dict[str, Any] = self.api.get(f"/subscriptions/{member.subscription_id}")
        return found

    def invoices(self, member: Member | None = None) -> list[dict[str, Any]]:
        """With their lines, voided and skipped ones included; of one subscription or all."""
        of = {"subscription_id": member.subscription_id} if member else {}
        return [*self.pages("/invoices", **of), *self.pages("/invoices", invoice_status="SKIPPED", **of)]

    def pages(self, path: str, **query: str) -> list[dict[str, Any]]:
        """All items of a list, the oldest first."""
        found: list[dict[str, Any]] = []
        while True:
            asked = urlencode({**query, "order": "asc", "limit": _PAGE, "offset": len(found)})
            page = self.api.get(f"{path}?{asked}")["items"]
            found += page
            if len(page) < _PAGE:
                return found

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """A call that may be refused, which is counted; then None. Never an error of the server's."""
        answer = self.api.send(method, path, body)
        assert answer.status_code < 500, f"{method} {path} {body}: {answer.status_code} {answer.text}"
        self.asked[method, answer.is_success] += 1
        return answer.json() if answer.is_success else None

    def everything(self) -> dict[str, Any]:
        """All that money depends on, as the API shows it."""
        wallets = [wallet for member in self.members for wallet in self.api.get(f"/customers/{member.customer_id}/wallets")]
        return {
            "invoices": self.invoices(),
            "subscriptions": [self.subscription(member) for member in self.members],
            "wallets": wallets,
            "transactions": [self.pages(f"/wallets/{wallet['id']}/transactions") for wallet in wallets],
            "payments": self.pages("/payments"),
            "credit_notes": self.pages("/creditnotes"),
        }
