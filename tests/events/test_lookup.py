"""GET /events/lookup: where an event is billed, or the first step that failed."""

from typing import Any

import pytest

from tests.events.support import Seller

AT = "2026-11-21T00:00:00Z"


@pytest.fixture
def seller(api: Any) -> Seller:
    api.freeze("2026-11-22T05:37:15.498765Z")
    held = Seller(api)
    held.feature("Hits", "hit", {"type": "SUM", "field": "n"}, filters=[{"key": "kind", "values": ["a"]}])
    return held


def trace(seller: Seller, event_id: str) -> Any:
    return seller.api.get(f"/events/lookup?id={event_id}")


def test_processed_event_names_its_line(seller: Seller) -> None:
    price = seller.price("Hits", "2")
    subscription = seller.subscribe()
    seller.send("hit", "a/b::c", AT, n="2.50", kind="a")
    found = trace(seller, "a%2Fb::c")
    assert found["status"] == "processed"
    assert "debug_tracker" not in found
    (billed,) = found["processed_events"]
    assert billed == {
        "customer_id": seller.customer["id"],
        "subscription_id": subscription["id"],
        "sub_line_item_id": subscription["line_items"][0]["id"],
        "price_id": price["id"],
        "meter_id": seller.features["Hits"]["meter_id"],
        "feature_id": seller.features["Hits"]["id"],
        "qty_total": "2.5",
        "processed_at": "2026-11-22T05:37:15.498Z",
    }


def test_path_form_answers_the_same(seller: Seller) -> None:
    seller.send("hit", "e1", AT, n=1, kind="a")
    assert seller.api.get("/events/e1") == trace(seller, "e1")


def failure(found: Any) -> tuple[str, str]:
    assert found["status"] == "failed"
    point = found["debug_tracker"]["failure_point"]
    return point["failure_point_type"], point["error"]["message"]


def steps(found: Any) -> list[str]:
    names = ("customer_lookup", "meter_matching", "price_lookup", "subscription_line_item_lookup")
    return [found["debug_tracker"][name]["status"] for name in names]


def test_unknown_customer_is_the_first_failure(seller: Seller) -> None:
    seller.send("hit", "e1", AT, customer="stranger", n=1, kind="a")
    found = trace(seller, "e1")
    assert steps(found) == ["error", "unprocessed", "unprocessed", "unprocessed"]
    assert failure(found) == ("customer_lookup", "ent: customer not found")
    assert found["debug_tracker"]["meter_matching"] == {"status": "unprocessed"}


@pytest.mark.parametrize(("name", "kind"), [("hit", "b"), ("other", "a")])
def test_without_a_matching_meter(seller: Seller, name: str, kind: str) -> None:
    seller.send(name, "e1", AT, n=1, kind=kind)
    found = trace(seller, "e1")
    assert failure(found) == ("meter_lookup", f"No meters found matching event_name: {name}")
    assert steps(found) == ["found", "not_found", "unprocessed", "unprocessed"]


def test_without_a_price_and_without_a_line(seller: Seller) -> None:
    seller.send("hit", "e1", AT, n=1, kind="a")
    found = trace(seller, "e1")
    assert failure(found)[0] == "price_lookup"
    assert found["debug_tracker"]["meter_matching"]["matched_meters"][0]["meter_id"] == seller.features["Hits"]["meter_id"]
    assert steps(found) == ["found", "found", "not_found", "unprocessed"]

    seller.price("Hits")
    found = trace(seller, "e1")
    assert failure(found)[0] == "subscription_line_item_lookup"
    assert steps(found) == ["found", "found", "found", "not_found"]


def test_before_the_line_it_matches_but_is_not_billed(seller: Seller) -> None:
    seller.price("Hits")
    seller.subscribe()
    seller.send("hit", "e1", "2026-11-01T00:00:00Z", n=1, kind="a")
    found = trace(seller, "e1")
    assert failure(found)[0] == "subscription_line_item_lookup"
    (line,) = found["debug_tracker"]["subscription_line_item_lookup"]["matched_line_items"]
    assert (line["is_active_for_event"], line["timestamp_within_range"]) == (False, False)


def test_event_older_than_its_meter_is_still_processing(seller: Seller) -> None:
    seller.send("late", "e1", AT, n=1)
    seller.feature("Late", "late", {"type": "COUNT"})
    seller.price("Late")
    seller.subscribe()
    found = trace(seller, "e1")
    assert found["status"] == "processing"
    assert steps(found) == ["found"] * 4
    assert found["debug_tracker"]["attributed_to_customer"] == {"status": "processing"}


def test_of_two_meters_the_older_is_looked_at(seller: Seller) -> None:
    seller.feature("Count", "hit", {"type": "COUNT"})
    for name in ("Hits", "Count"):
        seller.price(name)
    seller.subscribe()
    seller.send("hit", "e1", AT, n=3, kind="a")
    (billed,) = trace(seller, "e1")["processed_events"]
    assert billed["meter_id"] == seller.features["Hits"]["meter_id"]


def test_unknown_and_missing_ids(seller: Seller) -> None:
    refused = seller.api.get("/events/lookup?id=nope", expect=404)
    assert (refused["message"], refused["details"]) == ("Event not found in events table", {"event_id": "nope"})
    assert seller.api.get("/events/lookup", expect=400)["message"] == "Please provide a valid event ID"
