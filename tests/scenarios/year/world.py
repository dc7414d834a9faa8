"""A company, its customers and its clock. Who subscribes to what is in joining.py, what they do in actions.py, a year in journey.py."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from tests.scenarios.year.catalog import Catalog
from tests.scenarios.year.local import Watched

# A year with a leap day.
START = datetime(2028, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
EXPIRED_CREDITS = "Insufficient balance to process debit operation"
_PAGE = 1000


def text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def month_start(index: int) -> datetime:
    """The first of a month, counted from the start."""
    return START.replace(year=START.year + index // 12, month=index % 12 + 1)


class Member:
    """A customer with its subscriptions, the newest last, and the events sent for it and for who inherits from it.

    `payer` has the subscription on whose invoices this one's lines are, where they are billed together. `does_little`: it only uses.
    `is_draft`: its subscription waits to be activated. `kin` customers were made to be its heirs; some were refused.
    """

    def __init__(self, seed: str, customer: dict[str, Any]) -> None:
        self.customer_id, self.external_id = str(customer["id"]), str(customer["external_id"])
        self.chance = random.Random(f"{seed}/{self.external_id}")
        self.subscriptions: list[str] = []
        self.billing_period = "MONTHLY"
        self.heirs: list[str] = []
        self.kin = 0
        self.payer: Member | None = None
        self.does_little = self.is_draft = False
        self.stays = True
        self.events: list[dict[str, Any]] = []

    @property
    def subscription_id(self) -> str:
        return self.subscriptions[-1]


class World:
    """`now` is where its clock stands; `waiting_drafts` could not be finalized, for credits that expired unused but still count."""

    def __init__(self, api: Watched, seed: str, finalization_delay_seconds: int) -> None:
        self.api, self.seed, self.now = api, seed, START
        self.members: list[Member] = []
        self.waiting_drafts: set[str] = set()
        self.asked: Counter[tuple[str, bool]] = Counter()
        held = api.get("/settings/invoice_config")["value"]
        api.put("/settings/invoice_config", {"value": {**held, "finalization_delay_seconds": finalization_delay_seconds}})
        self.catalog = Catalog(api)
        self.decide_payment("", "succeed")

    def leave(self) -> Iterator[Member]:
        """Who has cancelled since this was asked last; not who has gone on with another subscription."""
        cancelled = {found["id"] for found in self.pages("/subscriptions", subscription_status="cancelled")}
        for member in self.members:
            if member.stays and member.subscription_id in cancelled and not self.follow(member):
                member.stays = False
                yield member

    def follow(self, member: Member) -> bool:
        """Whether a plan change has made a member a subscription that was not known yet."""
        running = [
            found["id"]
            for found in self.pages("/subscriptions", customer_id=member.customer_id)
            if found["id"] not in member.subscriptions and found["customer_id"] == member.customer_id
        ]
        member.subscriptions += sorted(running)
        return bool(running)

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

    def use(self, member: Member, moments: list[datetime], *, again: bool = False, after: timedelta = timedelta(0)) -> None:
        """Send usage of some moments, past or to come; `again` sends all of it twice.

        `after` what else has happened at this instant: noted as so much later, for the clock stands still.
        """
        sent = []
        for at in moments:
            name = member.chance.choice(("calls", "calls", "jobs", "storage"))
            quantity = str(member.chance.choice((member.chance.randint(1, 300), 0, f"{member.chance.randint(0, 99)}.125")))
            event_id = f"{member.external_id}-{len(member.events) + len(sent)}"
            who = {"event_name": name, "external_customer_id": member.chance.choice([member.external_id, *member.heirs])}
            sent.append({**who, "event_id": event_id, "timestamp": text(at.replace(microsecond=0)), "properties": {"n": quantity}})
        if sent:
            for _ in range(2 if again else 1):
                self.api.post("/events/bulk", {"events": sent}, expect=202)
            member.events += [{**event, "arrived_at": text(self.now + after)} for event in sent]

    def subscription(self, subscription_id: str) -> dict[str, Any]:
        """With its lines, and nothing else that hangs on it."""
        found: dict[str, Any] = self.api.get(f"/subscriptions/{subscription_id}/v2?expand=subscription_line_items")
        return found

    def invoices(self) -> list[dict[str, Any]]:
        """With their lines, voided and skipped ones included."""
        return [*self.pages("/invoices"), *self.pages("/invoices", invoice_status="SKIPPED")]

    def changed_invoices(self, since: datetime) -> list[dict[str, Any]]:
        """The same of those that were written at a time or later."""
        after = {"field": "updated_at", "operator": "after", "data_type": "date", "value": {"date": text(since - SECOND)}}
        asked = {"limit": _PAGE, "order": "asc", "invoice_status": ["DRAFT", "FINALIZED", "VOIDED", "SKIPPED"], "filters": [after]}
        found: list[dict[str, Any]] = []
        while True:
            page = self.api.post("/invoices/search", {**asked, "offset": len(found)})["items"]
            found += page
            if len(page) < _PAGE:
                return found

    def invoice(self, invoice_id: str) -> dict[str, Any]:
        """With its taxes and coupons."""
        found: dict[str, Any] = self.api.get(f"/invoices/{invoice_id}?expand=coupon_applications")
        return found

    def doctor(self, event_id: str) -> dict[str, Any]:
        """What became of an event."""
        answer = self.api.send("GET", f"//_emulator/doctor/event/{event_id}")
        assert answer.status_code == 200, answer.text
        report: dict[str, Any] = answer.json()
        return report

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
        self.asked[path.split("/")[1] + (f"/{path.split('/')[-1]}" if path.count("/") > 2 else ""), answer.is_success] += 1
        return answer.json() if answer.is_success else None

    def _stored(self, member: Member) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        between = {"start_time": text(START - timedelta(days=400)), "end_time": text(self.now + timedelta(days=400))}
        for external_id in (member.external_id, *member.heirs):
            while True:
                asked = {**between, "external_customer_id": external_id, "page_size": 50, "offset": len(found)}
                page = self.api.get(f"/events?{urlencode(asked)}")["events"]
                found += page
                if len(page) < 50:
                    break
        return found

    def everything(self) -> dict[str, Any]:
        """All there is, as the API shows it."""
        wallets = [wallet for member in self.members for wallet in self.api.get(f"/customers/{member.customer_id}/wallets")]
        lists = ("plans", "prices", "meters", "features", "coupons", "coupons/associations", "addons", "creditgrants", "taxes/associations")
        subscriptions = [subscription_id for member in self.members for subscription_id in member.subscriptions]
        return {
            **{name: self.pages(f"/{name}") for name in lists},
            "customers": self.pages("/customers"),
            "invoices": [self.invoice(found["id"]) for found in self.invoices()],
            "subscriptions": [self.api.get(f"/subscriptions/{found}") for found in subscriptions],
            "addon_associations": [self.api.get(f"/subscriptions/{found}/addons/associations") for found in subscriptions],
            "schedules": self.api.get("/subscriptions/schedules?limit=10000"),
            "events": [self._stored(member) for member in self.members],
            "wallets": wallets,
            "transactions": [self.pages(f"/wallets/{wallet['id']}/transactions") for wallet in wallets],
            "payments": self.pages("/payments"),
            "credit_notes": self.pages("/creditnotes"),
            "due": self.api.send("GET", "//_emulator/due?limit=1000").json(),
        }
