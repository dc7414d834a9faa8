"""Applying: everything arrives, a second run is silent, and a failure says how far it got."""

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexprice_client.config import Config
from flexprice_client.transport import Answer, Request
from flexprice_rules import ApplyError, Change, ClientTarget, RulesError, apply, parse, plan
from tests.rules.fake import NOW, FakeTarget
from tests.rules.samples import BASE, EVERYTHING, with_price


def test_everything_arrives_as_the_api_spells_it() -> None:
    target = FakeTarget()
    apply(parse(EVERYTHING).rules, target)
    plan_id, meter_id = target.one("/plans", lookup_key="pro")["id"], target.one("/features", lookup_key="tokens")["meter_id"]
    bodies = {body["lookup_key"]: body for method, path, body in target.calls if (method, path) == ("POST", "/prices")}
    assert bodies["pro.base"] == {
        "lookup_key": "pro.base",
        "entity_type": "PLAN",
        "entity_id": plan_id,
        "type": "FIXED",
        "currency": "usd",
        "amount": "20",
        "billing_model": "FLAT_FEE",
        "billing_period": "MONTHLY",
        "billing_period_count": 1,
        "invoice_cadence": "ADVANCE",
        "price_unit_type": "FIAT",
        "trial_period_days": 7,
        "min_quantity": 2,
    }
    assert bodies["pro.tokens"]["meter_id"] == meter_id
    assert bodies["pro.tokens"]["tiers"] == [{"up_to": 1000, "unit_amount": "0.1", "flat_amount": "1"}, {"unit_amount": "0.05"}]
    assert bodies["more.tokens"]["price_unit_config"] == {"price_unit": "cr", "amount": "3"}
    assert bodies["more.packages"]["start_date"] == "2025-12-31T23:00:00Z"
    assert bodies["pro.img.l.true"]["amount"] == "0.6"
    (subscription,) = [body for method, path, body in target.calls if (method, path) == ("POST", "/subscriptions")]
    base, tokens = target.one("/prices", lookup_key="pro.base")["id"], target.one("/prices", lookup_key="pro.tokens")["id"]
    assert subscription["plan_id"] == plan_id
    assert subscription["override_line_items"] == [{"price_id": base, "quantity": "3"}]
    assert list(subscription["line_item_commitments"]) == [tokens]
    assert subscription["credit_grants"] == []
    assert subscription["tax_rate_overrides"] == [{"tax_rate_code": "VAT", "currency": "usd", "auto_apply": True}]


def test_every_body_is_json_without_floats() -> None:
    target = FakeTarget()
    apply(parse(EVERYTHING).rules, target)

    def refuse(number: str) -> Decimal:
        raise AssertionError(f"a fraction as a JSON number: {number}")

    for _, _, body in target.calls:
        assert json.loads(json.dumps(body), parse_float=refuse) == body


def test_what_creation_cannot_say_follows_as_an_update() -> None:
    target = FakeTarget()
    apply(parse(EVERYTHING).rules, target)
    assert target.one("/entitlements", feature_id=target.one("/features", lookup_key="sso")["id"])["is_enabled"] is False
    assert target.one("/wallets", currency="usd")["name"] == "Main"


def test_a_second_run_makes_no_change() -> None:
    target, rules = FakeTarget(), parse(EVERYTHING).rules
    first = apply(rules, target)
    written = len(target.calls)
    again = apply(rules, target)
    assert first.changes
    assert (again.changes, again.extra, len(target.calls)) == ((), (), written)


def test_each_change_is_reported_once_it_is_done() -> None:
    target = FakeTarget()
    reported: list[Change] = []
    done = apply(parse(EVERYTHING).rules, target, reported.append)
    assert tuple(reported) == done.changes


def test_a_changed_price_keeps_its_old_version() -> None:
    target = FakeTarget()
    apply(parse(with_price(BASE)).rules, target)
    changed = parse(with_price(BASE.replace("amount: 1", "amount: 2"))).rules
    apply(changed, target)
    old, new = sorted(target.rows["/prices"].values(), key=lambda row: row["amount"])
    assert (old["amount"], old["end_date"], new["amount"], new["parent_price_id"]) == ("1", NOW, "2", old["id"])
    assert plan(changed, target) == []


def test_a_subscription_made_with_a_new_version_refers_to_it() -> None:
    target = FakeTarget()
    before, after = EVERYTHING.split("subscriptions:\n")
    apply(parse(before).rules, target)
    apply(parse(before.replace("amount: 20.00", "amount: 25") + "subscriptions:\n" + after).rules, target)
    (body,) = [body for method, path, body in target.calls if (method, path) == ("POST", "/subscriptions")]
    assert body["override_line_items"][0]["price_id"] == target.one("/prices", lookup_key="pro.base", amount="25")["id"]


def test_nothing_is_sent_while_one_change_is_impossible() -> None:
    target = FakeTarget()
    apply(parse(EVERYTHING).rules, target)
    written = len(target.calls)
    text = EVERYTHING.replace("event_name: llm", "event_name: other").replace("name: Pro\n", "name: Professional\n")
    with pytest.raises(RulesError, match=r"f\.yaml:13:7: feature tokens: a meter's event_name cannot be changed"):
        apply(parse(text, "f.yaml").rules, target)
    assert len(target.calls) == written


@settings(max_examples=25)
@given(st.integers(1, 35))
def test_a_failure_names_the_item_and_a_second_run_completes(nth: int) -> None:
    """Invariant: wherever a run stops, it says what was applied, and running again reaches the same state as an unbroken run."""
    rules = parse(EVERYTHING, "f.yaml").rules
    target = FakeTarget()
    target.fail_on = nth
    reported: list[Change] = []
    with pytest.raises(ApplyError) as caught:
        apply(rules, target, reported.append)
    error = caught.value
    total = len(plan(rules, FakeTarget()))
    assert list(error.applied) == reported
    assert len(error.applied) + 1 + len(error.remaining) == total
    assert str(error).startswith(f"{error.failed.place}: cannot {error.failed.action} {error.failed.kind} {error.failed.key}: ")
    target.fail_on = None
    apply(rules, target)
    assert plan(rules, target) == []
    assert {path: len(rows) for path, rows in target.rows.items()} == _counts_of_an_unbroken_run()


def _counts_of_an_unbroken_run() -> dict[str, int]:
    target = FakeTarget()
    apply(parse(EVERYTHING).rules, target)
    return {path: len(rows) for path, rows in target.rows.items()}


def test_a_client_transport_is_a_target() -> None:
    class Sender:
        config = Config()
        sent: Request

        def send(self, request: Request) -> Answer:
            self.sent = request
            return Answer(200, b'{"id": "x", "amount": 1.5}', {})

    sender = Sender()
    answer = ClientTarget(sender).request("POST", "/plans/search?a=b", {"limit": 1})
    assert (sender.sent.method, sender.sent.path, sender.sent.body) == ("POST", "/plans/search?a=b", {"limit": 1})
    assert answer == {"id": "x", "amount": Decimal("1.5")}
