"""Events that are accepted and arrive later."""

from typing import Any

import pytest

from tests.subscriptions.shop import Shop, usage

NOW = "2026-03-10T12:00:00Z"
EVENT = {"event_name": "image", "external_customer_id": "acme", "event_id": "e1", "timestamp": NOW, "properties": {"n": 2.5}}
METER = {"name": "Images", "event_name": "image", "aggregation": {"type": "SUM", "field": "n"}, "reset_usage": "BILLING_PERIOD"}
YEAR = {"start_time": "2026-01-01T00:00:00Z", "end_time": "2027-01-01T00:00:00Z"}


@pytest.fixture
def meter_id(api: Any) -> str:
    api.freeze(NOW)
    api.post("/customers", {"external_id": "acme", "name": "Acme"})
    feature = api.post("/features", {"name": "Images", "type": "metered", "meter": METER})
    meter_id: str = feature["meter_id"]
    return meter_id


def used(api: Any, meter_id: str) -> Any:
    answer = api.post("/events/usage/meter", {"meter_id": meter_id, "external_customer_id": "acme", **YEAR})
    return answer.get("value", 0)


def listed(api: Any) -> list[str]:
    return [event["id"] for event in api.post("/events/query", YEAR)["events"]]


def test_accepted_events_show_when_the_lag_is_over(api: Any, faults: Any, meter_id: str) -> None:
    faults.set("usage_lag", duration="PT10M")
    assert api.post("/events", EVENT, expect=202)["event_id"] == "e1"
    assert (listed(api), float(used(api, meter_id))) == ([], 0)
    faults.advance("PT9M59S")
    assert listed(api) == []
    faults.advance("PT1S")
    assert (listed(api), float(used(api, meter_id))) == (["e1"], 2.5)
    assert api.get("/events/e1")["event"]["timestamp"] == NOW


def test_an_event_without_id_and_time_keeps_those_it_was_accepted_with(api: Any, faults: Any, meter_id: str) -> None:
    faults.set("usage_lag", duration="P1D")
    bare = {"event_name": "image", "external_customer_id": "acme", "properties": {"n": "3", "deep": {"x": [1, None]}}}
    event_id = api.post("/events", bare, expect=202)["event_id"]
    faults.advance("P2D")
    (event,) = api.post("/events/query", YEAR)["events"]
    assert (event["id"], event["timestamp"], event["properties"]) == (event_id, NOW, bare["properties"])
    assert float(used(api, meter_id)) == 3


def test_a_bulk_arrives_as_one_and_other_events_pass_it(api: Any, faults: Any, meter_id: str) -> None:
    faults.set("usage_lag", duration="PT1H", operation="POST /events/bulk", count=1)
    bulk = {"events": [{**EVENT, "event_id": f"b{number}"} for number in range(3)]}
    api.post("/events/bulk", bulk, expect=202)
    api.post("/events", EVENT, expect=202)
    assert listed(api) == ["e1"]
    waiting = api.send("GET", "//_emulator/due").json()["items"]
    assert [(item["kind"], item["due_at"]) for item in waiting if item["kind"] == "events.arrival"] == [
        ("events.arrival", "2026-03-10T13:00:00Z")
    ]
    faults.advance("PT1H")
    assert sorted(listed(api)) == ["b0", "b1", "b2", "e1"]
    assert float(used(api, meter_id)) == 10


def test_lags_add_up_and_removing_the_rules_hurries_nothing(api: Any, faults: Any, meter_id: str) -> None:
    faults.set("usage_lag", duration="PT1M")
    faults.set("usage_lag", duration="PT2M")
    api.post("/events", EVENT, expect=202)
    faults.call("DELETE")
    faults.advance("PT2M59S")
    assert listed(api) == []
    faults.advance("PT1S")
    assert listed(api) == ["e1"]


def test_a_refused_event_has_no_lag(api: Any, faults: Any, meter_id: str) -> None:
    rule = faults.set("usage_lag", duration="PT1M")
    api.post("/events", {"event_name": "image"}, expect=400)
    assert faults.rule(rule)["matched"] == 0


def test_previews_and_a_roll_over_before_the_arrival_bill_without_it(api: Any, faults: Any) -> None:
    shop = Shop(api)
    customer = shop.customer()
    meter_id = shop.feature("calls")["meter_id"]
    subscription = shop.subscribe(customer, shop.plan("pro", usage(meter_id, "0.5")))
    shop.use(customer, "calls", "10", "2026-03-10T11:00:00Z")
    faults.set("usage_lag", duration="P30D")
    shop.use(customer, "calls", "4", "2026-03-10T11:30:00Z")
    assert shop.preview(subscription)["total"] == "5"
    faults.advance("P25D")
    (invoice,) = shop.invoices(subscription)
    assert (invoice["period_end"], invoice["total"]) == ("2026-04-01T00:00:00Z", "5")
    faults.advance("P10D")
    assert float(used(api, meter_id)) == 14
    assert [each["total"] for each in shop.invoices(subscription)] == ["5"]
