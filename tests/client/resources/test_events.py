"""Events: what is sent, and how raw events are walked through."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from flexprice_client import Config, Flexprice, RetryPolicy, ServerError, UsageEvent
from flexprice_client.models.events import BulkIngestEventRequest, IngestEventRequest

USAGE = UsageEvent("e1", "image.generated", "acme", datetime(2026, 1, 1, tzinfo=UTC), "openai", {"images": 2, "hd": True})
SENT = {
    "event_id": "e1", "event_name": "image.generated", "external_customer_id": "acme", "timestamp": "2026-01-01T00:00:00Z",
    "source": "openai", "properties": {"images": 2, "hd": True},
}  # fmt: skip
ACCEPTED = {"message": "Event accepted for processing", "event_id": "e1"}


def test_every_kind_of_event_can_be_sent(flexprice: Flexprice, service: Any) -> None:
    service.rule = lambda request: httpx.Response(202, json=ACCEPTED)
    plain = {"event_name": "hit", "external_customer_id": "c"}
    model = IngestEventRequest(event_name="hit", external_customer_id="c")
    for event in (USAGE, model, plain):
        flexprice.events.ingest(event)
    flexprice.events.ingest_bulk([USAGE, model, plain])
    flexprice.events.ingest_bulk(BulkIngestEventRequest(events=[model]))
    assert service.bodies() == [SENT, plain, plain, {"events": [SENT, plain, plain]}, {"events": [plain]}]


def test_only_events_of_their_own_id_and_time_are_sent_again() -> None:
    seen: list[httpx.Request] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(503)

    with Flexprice(config=Config(), http=httpx.MockTransport(refuse), retry=RetryPolicy(max_retries=2, base_delay=0.0)) as flexprice:
        for events, tries in (([USAGE, USAGE], 3), ([USAGE, {"event_name": "hit", "external_customer_id": "c"}], 1)):
            seen.clear()
            with pytest.raises(ServerError):
                flexprice.events.ingest_bulk(events)
            assert len(seen) == tries


def test_raw_events_are_walked_by_offset_oldest_first(flexprice: Flexprice, service: Any) -> None:
    def event(number: int) -> dict[str, Any]:
        return {"id": f"e{number:03}", "external_customer_id": "c", "event_name": "hit", "timestamp": "2026-01-01T00:00:00Z"}

    def answer(request: httpx.Request) -> Any:
        body = json.loads(request.content)
        rows = [event(number) for number in range(230)][body["offset"] :][: body["page_size"]]
        return {"events": rows, "has_more": True, "total_count": 230, "offset": body["offset"] + body["page_size"]}

    service.rule = answer
    found = [item.id for item in flexprice.events.iter_all({"event_name": "hit"})]
    assert found == [f"e{number:03}" for number in range(230)]
    assert service.bodies()[-1] == {"order": "asc", "event_name": "hit", "page_size": 100, "offset": 200}


def test_an_event_id_with_a_slash_is_looked_up_by_query(flexprice: Flexprice, service: Any) -> None:
    service.rule = lambda request: httpx.Response(404)
    with pytest.raises(Exception, match="404"):
        flexprice.events.lookup("a/b")
    assert service.calls() == ["GET /v1/events/lookup?id=a%2Fb"]
