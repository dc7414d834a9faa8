"""The demo: one customer on a paid plan, every provider's answers, a bill that explains itself, and credits that pay it."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from flexprice_client import Flexprice, Skipped, UsageEvent
from flexprice_client.config import Config
from flexprice_client.models.invoices import InvoiceResponse
from flexprice_client.transport import Transport
from flexprice_client.workflow.estimate import estimate
from flexprice_client.workflow.providers import JobContext, adapt
from flexprice_emulator.demo.credits import fill, renew, run_low
from flexprice_emulator.demo.jobs import deliveries
from flexprice_emulator.demo.report import show_derivation, show_lines, show_step
from flexprice_emulator.demo.server import emulator
from flexprice_emulator.demo.world import BULK, END_OF_MONTH, PLAN, SINGLE, START, Demo, DemoFailure, check
from flexprice_emulator.platform.auth import DEFAULT_KEY
from flexprice_rules import ClientTarget, apply, load, pack_path


def rules(demo: Demo) -> str:
    """Apply the AI media pack through the API; again, it changes nothing."""
    loaded = load([pack_path("ai-media")]).rules
    target = ClientTarget(demo.transport)
    first, second = len(apply(loaded, target).changes), len(apply(loaded, target).changes)
    check(first > 0 and second == 0, f"{first} changes, then {second}")
    return f"{first} changes from ai-media.yaml; applied again: {second}"


def customers(demo: Demo) -> str:
    """Provision customers under the application's own ids."""
    for external_id in (SINGLE, BULK):
        made = demo.flexprice.customers.create({"external_id": external_id, "name": external_id.replace("-", " ").title()})
        found = demo.flexprice.customers.get_by_external_id(external_id)
        check(made.id == found.id, f"{external_id} is {found.id}, not {made.id}")
        demo.customers[external_id] = found
    return ", ".join(f"{name} = {customer.id[:12]}…" for name, customer in demo.customers.items())


def plan(demo: Demo) -> str:
    """Choose a plan and subscribe; the base fee is billed in advance."""
    plans = sorted(demo.flexprice.plans.iter_all(), key=lambda plan: plan.display_order or 0)
    demo.plan = next(plan for plan in plans if plan.lookup_key == PLAN)
    for name, customer in demo.customers.items():
        demo.subscriptions[name] = demo.flexprice.subscriptions.create(
            {"customer_id": customer.id, "plan_id": demo.plan.id, "currency": "usd", "billing_period": "MONTHLY", "start_date": START}
        )
    opening = demo.flexprice.invoices.list({"subscription_id": demo.subscriptions[SINGLE].id}).items[0]
    check(opening.total == 20, f"the opening invoice is {opening.total}")
    return f"{' / '.join(plan.name for plan in plans)} → {demo.plan.name}; opening invoice {opening.invoice_number}: ${opening.total:.2f}"


def access(demo: Demo) -> str:
    """What the customer may use."""
    features = demo.flexprice.subscriptions.entitlements(demo.subscriptions[SINGLE].id).features
    limits = {entry.feature.lookup_key: entry.entitlement.usage_limit for entry in features if entry.entitlement.usage_limit}
    check(len(features) == 3 and list(limits.values()) == [50], f"{len(features)} features, limits {limits}")
    return f"{len(features)} entitled features, " + ", ".join(f"{count} free of {name}" for name, count in limits.items())


def quote(demo: Demo) -> str:
    """What eight seconds of Veo would cost, before they are made."""
    if demo.plan is None:
        raise DemoFailure("no plan")
    request = {"model": "veo-3.1-generate-preview", "durationSeconds": 8, "resolution": "1080p", "generateAudio": True}
    finished = {"name": "models/veo-3.1-generate-preview/operations/quote", "done": True, "response": _one_video()}
    event = adapt("veo", finished, JobContext(SINGLE, request, requested_at=datetime(2026, 1, 2, tzinfo=UTC)))
    if isinstance(event, Skipped):
        raise DemoFailure(event.detail)
    prices = list(demo.flexprice.prices.iter_all({"entity_ids": [demo.plan.id], "entity_type": "PLAN", "expand": "meters"}))
    found = estimate(event, prices)
    check(len(found.charges) == 1, f"{len(found.charges)} charges")
    return " + ".join(f"{charge.quantity} s × ${charge.unit_amount} = ${charge.amount}" for charge in found.charges)


def _one_video() -> dict[str, Any]:
    return {"generateVideoResponse": {"generatedSamples": [{"video": {"uri": "gs://bucket/video.mp4"}}]}}


def responses(demo: Demo) -> str:
    """Every provider's answers through its adapter: an event, or the reason why there is none."""
    demo.jobs = {name: deliveries(name) for name in (SINGLE, BULK)}
    every = [job for jobs in demo.jobs.values() for job in jobs]
    skipped = Counter(job.result.reason for job in every if isinstance(job.result, Skipped))
    events = [job.result for job in every if isinstance(job.result, UsageEvent)]
    distinct = len({event.event_id for event in events})
    reasons = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in sorted(skipped.items()))
    return f"{len(every)} answers → {len(events)} events ({distinct} distinct); no event: {reasons}"


def ingest(demo: Demo) -> str:
    """One by one for one customer, in bulk for the other."""
    single, bulk = _events(demo, SINGLE), _events(demo, BULK)
    for event in single:
        demo.flexprice.events.ingest(event)
    demo.flexprice.events.ingest_bulk(bulk)
    demo.control("POST", "/clock", {"mode": "frozen", "now": END_OF_MONTH})
    for name in (SINGLE, BULK):
        demo.bills[name] = _preview(demo, name)
    return f"{len(single)} singly, {len(bulk)} in bulk"


def duplicates(demo: Demo) -> str:
    """Everything once more: retries and redelivered callbacks cost nothing."""
    for name in (SINGLE, BULK):
        demo.flexprice.events.ingest_bulk(_events(demo, name))
        before, after = demo.bills[name].total, _preview(demo, name).total
        check(before == after, f"{name}: {before} became {after}")
    return "all events sent again: both bills unchanged"


def failures(demo: Demo) -> str:
    """A failed job left no trace in the events, and so none in the bill."""
    events = demo.flexprice.events.query({"external_customer_id": SINGLE, "start_time": START, "end_time": END_OF_MONTH})
    stored = {event.id for event in events.events}
    expected = {event.event_id for event in _events(demo, SINGLE)}
    check(stored == expected, f"{len(stored)} stored, {len(expected)} expected")
    failed = sum(1 for job in demo.jobs[SINGLE] if isinstance(job.result, Skipped))
    return f"{len(stored)} events stored, none of the {failed} failed or unfinished jobs"


def usage(demo: Demo) -> str:
    """Usage and its gross price by meter."""
    found = demo.flexprice.subscriptions.usage({"subscription_id": demo.subscriptions[SINGLE].id})
    used = [charge for charge in found.charges or [] if charge.quantity]
    return f"{len(used)} meters with usage, gross ${found.amount:.2f}"


def preview(demo: Demo) -> str:
    """The next invoice: last month's usage and next month's base fee."""
    bill = demo.bills[SINGLE]
    lines = bill.line_items or []
    total = sum((line.amount for line in lines), Decimal(0)) - bill.total_discount + bill.total_tax
    check(bill.total == total, f"total {bill.total}, lines make {total}")
    charged = sum(1 for line in lines if line.amount)
    return f"{charged} lines with an amount, total ${bill.total:.2f}; {BULK}: ${demo.bills[BULK].total:.2f}"


def derivation(demo: Demo) -> str:
    """Each line's steps, recomputed without the engine."""
    demo.explained = demo.control("POST", "/explain/preview", {"subscription_id": demo.subscriptions[SINGLE].id})
    check(demo.explained["problems"] == [], str(demo.explained["problems"]))
    steps = sum(len(line["steps"]) for line in demo.explained["lines"])
    return f"{len(demo.explained['lines'])} lines, {steps} steps, every figure recomputed: no difference"


def _events(demo: Demo, name: str) -> list[UsageEvent]:
    return [job.result for job in demo.jobs[name] if isinstance(job.result, UsageEvent)]


def _preview(demo: Demo, name: str) -> InvoiceResponse:
    return demo.flexprice.invoices.preview({"subscription_id": demo.subscriptions[name].id})


STEPS: Sequence[tuple[str, Callable[[Demo], str]]] = (
    ("apply the pricing rules", rules),
    ("provision customers by external_id", customers),
    ("choose a plan and subscribe", plan),
    ("check entitlements", access),
    ("fill the prepaid wallet", fill),
    ("price a Veo request before running it", quote),
    ("take the providers' answers", responses),
    ("ingest their usage events", ingest),
    ("deliver everything twice", duplicates),
    ("look for failed jobs", failures),
    ("read usage by meter", usage),
    ("preview the invoice", preview),
    ("explain every line", derivation),
    ("run the wallet low", run_low),
    ("renew: credits pay the usage", renew),
)


def main() -> int:
    """Run the steps and print them; 1 when one does not hold."""
    began = time.perf_counter()
    width = max(len(title) for title, _ in STEPS)
    held = True
    with emulator(START) as base_url:
        ready = timedelta(seconds=time.perf_counter() - began)
        show_step(1, "start the emulator", f"{base_url}, ready in {ready.total_seconds():.1f} s", held=True, width=width)
        transport = Transport(Config(base_url=base_url, api_key=DEFAULT_KEY))
        with Flexprice(transport=transport) as flexprice:
            demo = Demo(flexprice, transport)
            for number, (title, step) in enumerate(STEPS, 2):
                try:
                    figures = step(demo)
                except DemoFailure as failure:
                    figures, held = str(failure), False
                show_step(number, title, figures, held=held, width=width)
                if not held:
                    break
            if demo.explained:
                show_lines(demo.bills[SINGLE], demo.explained)
                show_derivation(demo.explained)
    sys.stdout.write(f"\n{time.perf_counter() - began:.1f} s in all\n")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
