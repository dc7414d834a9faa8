"""The laws of subscriptions through time, by name (lifecycle/__init__.py)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flexprice_emulator.explain.check import problems
from flexprice_emulator.subscriptions.lifecycle.periods import periods_until
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from tests.conftest import Api
from tests.subscriptions.lifecycle.conftest import Journey
from tests.subscriptions.shop import ADVANCE, ARREAR, usage

START = datetime(2026, 1, 1, tzinfo=UTC)
END = START + timedelta(days=130)
starts = st.integers(-730 * 24 * 60, 730 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
moments = st.integers(1, 130 * 24 - 1).map(lambda hours: START + timedelta(hours=hours))


def text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


@given(
    start=starts,
    period=st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "HALF_YEARLY", "ANNUAL"]),
    count=st.integers(1, 3),
    later=st.timedeltas(timedelta(0), timedelta(days=900)),
    length=st.none() | st.timedeltas(timedelta(seconds=1), timedelta(days=900)),
)
def test_periods_follow_one_another_without_a_gap(
    start: datetime, period: str, count: int, later: timedelta, length: timedelta | None
) -> None:
    end = start + length if length else None
    row = SubscriptionRow(
        billing_anchor=start,
        billing_period=period,
        billing_period_count=count,
        timezone="UTC",
        current_period_start=start,
        current_period_end=min(start + timedelta(days=1), end or START + timedelta(days=9000)),
        end_date=end,
    )
    found = periods_until(row, start + later)
    *completed, last = found
    assert [held.end for held in completed] == [held.start for held in found[1:]]
    assert all(held.start < held.end < start + later for held in completed)
    assert last.end >= start + later or last.end == end
    assert end is None or last.end <= end


def story(api: Any, registry: Any, stops: Sequence[datetime], cancel_at: datetime | None) -> tuple[list[Any], dict[str, Any], list[Any]]:
    """A customer's life to END over given stops: invoices, subscription, invoice lines."""
    journey = Journey(api, registry, text(START))
    journey.set_up("invoice_config", finalization_delay_seconds=0)
    feature, plan, customer = journey.feature(), journey.plan("pro", ADVANCE, ARREAR), journey.customer()
    journey.price("PLAN", plan["id"], **usage(feature["meter_id"], display_name="Calls"))
    for day in range(0, 130, 9):
        journey.use(customer, "calls", str(day + 1), text(START + timedelta(days=day, hours=5)))
    subscription = journey.subscribe(customer, plan, start_date=text(START))
    if cancel_at is not None:
        journey.cancel(subscription, cancellation_type="scheduled_date", cancel_at=text(cancel_at))
    for stop in [*sorted(stops), END]:
        journey.until(text(stop))
    invoices = [
        (invoice["billing_reason"], invoice["period_start"], invoice["period_end"], invoice["total"], invoice["finalized_at"])
        for invoice in journey.invoices(subscription)
    ]
    explained = [api.get(f"/invoices/{invoice['id']}") for invoice in journey.invoices(subscription)]
    return invoices, journey.read(subscription), [line for invoice in explained for line in invoice["line_items"]]


@given(stops=st.lists(moments, max_size=6), cancel_at=st.none() | moments)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_how_far_a_clock_moves_at_a_time_does_not_change_what_is_billed(
    server: Any, stops: list[datetime], cancel_at: datetime | None
) -> None:
    portal, client = server
    registry = client._transport.app.state.registry
    whole, alone, lines = story(Api(portal, client, _key()), registry, [], cancel_at)
    parts, stepped, _ = story(Api(portal, client, _key()), registry, stops, cancel_at)
    assert whole == parts
    names = ("subscription_status", "current_period_start", "current_period_end")
    assert [alone[name] for name in names] == [stepped[name] for name in names]
    if cancel_at is not None:
        # A cancelled subscription is billed for nothing that lies after its end.
        assert alone["subscription_status"] == "cancelled"
        assert all(line["period_start"] < text(cancel_at) for line in lines)
    billed = [(line["display_name"], line["period_start"]) for line in lines]
    assert len(billed) == len(set(billed))


def _key() -> str:
    return f"sk_ws_{uuid4().hex}"


@given(hours=st.integers(0, 24 * 40))
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_happens_at_the_instant_a_period_ends_only_after_it(server: Any, hours: int) -> None:
    portal, client = server
    start = START + timedelta(hours=hours)
    journey = Journey(Api(portal, client, _key()), client._transport.app.state.registry, text(start))
    subscription = journey.subscribe(journey.customer(), journey.plan("pro", ADVANCE), start_date=text(start))
    end = journey.read(subscription)["current_period_end"]
    journey.until(end)
    assert journey.read(subscription)["current_period_end"] == end
    journey.until(text(datetime.fromisoformat(end) + timedelta(seconds=1)))
    assert journey.read(subscription)["current_period_start"] == end


def test_every_renewal_invoice_explains_its_total(journey: Any) -> None:
    feature, customer, plan = journey.feature(), journey.customer(), journey.plan("pro", ADVANCE, ARREAR)
    journey.price("PLAN", plan["id"], **usage(feature["meter_id"]))
    journey.use(customer, "calls", "7", "2026-01-20T00:00:00Z")
    subscription = journey.subscribe(customer, plan, start_date="2026-01-15T00:00:00Z")
    journey.until("2026-04-01T00:00:00Z")
    explained = journey.explained(subscription)
    assert len(explained) == 3
    assert [problem for invoice in explained for problem in problems(invoice)] == []
