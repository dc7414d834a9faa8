"""Subscriptions (subscriptions.md §15)."""

from typing import Any

import pytest

from flexprice_emulator.subscriptions.lifecycle.pause import pause, resume
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.workspace.context import Context
from tests.subscriptions.shop import ADVANCE, Shop
from tests.webhooks.conftest import Hooks

SHOWN = ("id", "customer_id", "plan_id", "subscription_status", "currency", "start_date", "current_period_start", "current_period_end")
SHOWN += ("cancel_at_period_end", "billing_cadence", "billing_period", "billing_period_count", "pause_status", "subscription_type")


class World:
    """A shop whose plan costs 30 in advance, and the events of what is done there."""

    def __init__(self, api: Any) -> None:
        self.shop, self.hooks, self.api = Shop(api), Hooks(api), api
        self.customer, self.plan = self.shop.customer(), self.shop.plan("pro", ADVANCE)
        self.seen = len(self.hooks.names())

    def subscribe(self, **fields: Any) -> Any:
        return self.shop.subscribe(self.customer, self.plan, **fields)

    def new(self) -> list[str]:
        """Subscription events since the last call."""
        names = self.hooks.names()
        fresh, self.seen = names[self.seen :], len(names)
        return [name for name in fresh if name.startswith("subscription.")]


@pytest.fixture
def world(api: Any) -> World:
    return World(api)


def test_a_subscription_is_created_after_its_invoices(world: World) -> None:
    made = world.subscribe(lookup_key="k1", metadata={"why": "growth"})
    assert world.hooks.names()[world.seen :] == ["invoice.update", "invoice.update.finalized", "subscription.created"]
    body = world.hooks.body("subscription.created")
    customer = {name: world.customer[name] for name in ("id", "external_id", "environment_id", "name", "timezone")}
    shown = {name: made[name] for name in SHOWN}
    assert body == {
        "event_type": "subscription.created",
        "subscription": {**shown, "lookup_key": "k1", "metadata": {"why": "growth"}, "customer": customer},
    }


def test_a_draft_is_created_and_activated(world: World) -> None:
    draft = world.subscribe(subscription_status="draft")
    assert world.new() == ["subscription.draft.created"]
    assert world.hooks.body("subscription.draft.created")["subscription"]["subscription_status"] == "draft"
    world.api.post(f"/subscriptions/{draft['id']}/activate", {"start_date": "2026-03-05T00:00:00Z"})
    assert world.new() == ["subscription.activated"]
    assert world.hooks.body("subscription.activated")["subscription"]["start_date"] == "2026-03-05T00:00:00Z"


def test_a_trial_that_ends_activates(world: World) -> None:
    """One that has nothing to pay; a trial that ends unpaid says nothing (subscriptions.md §5)."""
    world.plan = world.shop.plan("free", ADVANCE | {"amount": "0"})
    world.subscribe(trial_period_days=14)
    shown = world.hooks.body("subscription.created")["subscription"]
    assert (shown["trial_start"], shown["trial_end"]) == ("2026-03-01T00:00:00Z", "2026-03-15T00:00:00Z")
    world.new()
    world.hooks.advance("P10D")
    assert "subscription.activated" in world.new()


def test_an_edit(world: World) -> None:
    made = world.subscribe()
    world.new()
    world.api.put(f"/subscriptions/{made['id']}", {"cancel_at_period_end": True})
    assert world.new() == ["subscription.updated"]
    assert world.hooks.body("subscription.updated")["subscription"]["cancel_at_period_end"] is True


def test_an_immediate_cancellation(world: World) -> None:
    made = world.subscribe()
    world.new()
    world.api.post(f"/subscriptions/{made['id']}/cancel", {"cancellation_type": "immediate"})
    assert world.new() == ["subscription.updated", "subscription.cancelled"]
    shown = world.hooks.body("subscription.cancelled")["subscription"]
    assert (shown["subscription_status"], shown["cancelled_at"], shown["end_date"]) == ("cancelled", *["2026-03-10T12:00:00Z"] * 2)


def test_a_cancellation_at_period_end_tells_twice(world: World) -> None:
    made = world.subscribe()
    world.new()
    world.api.post(f"/subscriptions/{made['id']}/cancel", {"cancellation_type": "end_of_period"})
    assert world.new() == ["subscription.updated"]
    world.hooks.advance("P1M")
    assert [name for name in world.new() if name != "subscription.renewal.due"] == ["subscription.updated", "subscription.cancelled"]


def test_a_renewal_is_announced_a_day_ahead(world: World) -> None:
    world.subscribe()
    world.new()
    world.hooks.advance("P1M")
    assert world.new() == ["subscription.renewal.due"]
    (event,) = world.hooks.events("&event_name=subscription.renewal.due")
    assert event["created_at"][:10] == "2026-03-31"


def test_a_plan_change_in_place(world: World) -> None:
    made, large = world.subscribe(), world.shop.plan("large", ADVANCE | {"amount": "90"})
    world.new()
    body = {"target_plan_id": large["id"], "proration_behavior": "create_prorations"}
    world.api.post(f"/subscriptions/{made['id']}/change/v2/execute", body)
    assert world.new() == ["subscription.plan_changed", "subscription.updated"]
    assert world.hooks.body("subscription.plan_changed")["subscription"]["plan_id"] == large["id"]


def test_a_pause_and_its_end(world: World, server: Any) -> None:
    made = world.subscribe()
    world.new()
    workspace = server[1]._transport.app.state.registry.for_key(world.api.headers["x-api-key"])
    for act, event, status in (
        (lambda ctx, row: pause(ctx, row, pause_days=30), "subscription.paused", "paused"),
        (resume, "subscription.resumed", "active"),
    ):
        with workspace.transaction() as session:
            act(Context(workspace, session, workspace.clock.now()), session.get_one(SubscriptionRow, made["id"]))
        assert world.new() == ["subscription.updated", event]
        assert world.hooks.body(event)["subscription"]["subscription_status"] == status


def test_reading_the_summary_tells_of_each_overdue_invoice_each_time(world: World) -> None:
    invoice = world.shop.invoices(world.subscribe())[0]
    world.api.put(f"/invoices/{invoice['id']}", {"due_date": "2026-03-11T00:00:00Z"})
    world.hooks.advance("P1D")
    path = f"/customers/{world.customer['id']}/invoices/summary"
    for times in (1, 2):
        world.api.get(path)
        assert len(world.hooks.events("&event_name=invoice.payment.overdue")) == times
    assert world.hooks.body("invoice.payment.overdue")["invoice"]["id"] == invoice["id"]


def test_an_invoice_s_body_shows_its_subscription_in_full(world: World) -> None:
    made = world.subscribe()
    shown = world.hooks.body("invoice.update.finalized")["invoice"]
    assert shown["subscription"]["id"] == made["id"]
    assert [line["display_name"] for line in shown["subscription"]["line_items"]] == ["Base"]
