"""POST /events/huggingface-billing and GET /events/monitoring."""

from typing import Any

import pytest

from tests.events.support import Seller


@pytest.fixture
def seller(api: Any) -> Seller:
    api.freeze("2026-11-22T05:37:15.5Z")
    held = Seller(api)
    held.feature("Tokens", "llm", {"type": "SUM", "field": "n"})
    held.price("Tokens", "0.0000012")
    held.subscribe()
    held.send("llm", "a", "2026-11-21T01:00:00Z", n=100)
    held.send("other", "b", "2026-11-22T02:00:00Z", n=1)
    held.send("llm", "c", "2026-11-22T03:00:00Z", customer="stranger", n=5)
    held.send("llm", "d", "2026-11-01T00:00:00Z", n=5)
    return held


def test_costs_of_single_events_in_the_order_asked(seller: Seller) -> None:
    asked = ["nope", "a", "b", "c", "a"]
    answer = seller.api.post("/events/huggingface-billing", {"requestIds": asked})
    assert answer["requests"] == [
        {"requestId": event_id, "costNanoUsd": cost} for event_id, cost in zip(asked, ["0", "120000", "0", "0", "120000"], strict=True)
    ]


def test_event_before_its_line_costs_nothing(seller: Seller) -> None:
    assert seller.api.post("/events/huggingface-billing", {"requestIds": ["d"]})["requests"][0]["costNanoUsd"] == "0"


@pytest.mark.parametrize("body", [{}, {"requestIds": []}, {"requestIds": "a"}])
def test_request_ids_are_required(seller: Seller, body: Any) -> None:
    assert seller.api.post("/events/huggingface-billing", body, expect=400)["message"] == "Please check the request payload"


def test_published_path_is_not_served(seller: Seller) -> None:
    assert seller.api.send("POST", "/events/huggingface-inference", {"requestIds": ["a"]}).status_code == 404


def test_monitoring_counts_the_last_day(seller: Seller) -> None:
    assert seller.api.get("/events/monitoring") == {"total_count": 2, "consumption_lag": 0, "post_processing_lag": 0}


def test_monitoring_by_window(seller: Seller) -> None:
    span = "start_time=2026-11-20T00:00:00Z&end_time=2026-11-23T00:00:00Z"
    seller.send("llm", "a", "2026-11-22T04:00:00Z", n=1)
    assert seller.api.get(f"/events/monitoring?{span}")["total_count"] == 3
    answer = seller.api.get(f"/events/monitoring?{span}&window_size=DAY")
    assert answer["total_count"] == 4
    assert answer["points"] == [
        {"timestamp": "2026-11-21T00:00:00Z", "event_count": 1},
        {"timestamp": "2026-11-22T00:00:00Z", "event_count": 3},
    ]


@pytest.mark.parametrize("query", ["start_time=2026-11-20T00:00:00Z", "start_time=2026-11-20T00:00:00Z&end_time=2026-11-19T00:00:00Z"])
def test_monitoring_needs_a_whole_range(seller: Seller, query: str) -> None:
    seller.api.get(f"/events/monitoring?{query}", expect=400)
