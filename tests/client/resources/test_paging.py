"""Walking lists whose pagination says different things (wire.md §5)."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexprice_client import Flexprice
from flexprice_client.models.base import ListResponse
from flexprice_client.resources.paging import PAGE_SIZE, Walk


def customer(number: int) -> dict[str, Any]:
    at = "2026-01-01T00:00:00Z"
    return {"id": f"cust_{number}", "external_id": str(number), "name": "", "created_at": at, "updated_at": at}


def test_offsets_advance_by_the_limit_whatever_the_answer_says(flexprice: Flexprice, service: Any) -> None:
    def answer(request: httpx.Request) -> Any:
        body = json.loads(request.content)
        items = [customer(number) for number in range(250)][body["offset"] :][: body["limit"]]
        # As customers answer: the next offset, even after the last page.
        return {"items": items, "pagination": {"total": 250, "limit": body["limit"], "offset": body["offset"] + body["limit"]}}

    service.rule = answer
    found = list(flexprice.customers.iter_all({"external_ids": ["x"]}))
    assert [item.external_id for item in found] == [str(number) for number in range(250)]
    assert service.bodies() == [{"external_ids": ["x"], "limit": PAGE_SIZE, "offset": offset} for offset in (0, 100, 200)]


def test_pages_are_only_asked_for_when_needed(flexprice: Flexprice, service: Any) -> None:
    service.rule = lambda request: {
        "items": [customer(number) for number in range(PAGE_SIZE)],
        "pagination": {"total": 10**6, "limit": PAGE_SIZE, "offset": 0},
    }
    iterator = flexprice.customers.iter_all()
    assert service.seen == []
    next(iterator)
    assert len(service.seen) == 1


class Server:
    """A list of `rows` numbers that answers by one of the service's habits."""

    def __init__(self, rows: int, habit: str) -> None:
        self.rows, self.habit = list(range(rows)), habit

    def answer(self, limit: int, offset: int) -> ListResponse[Any]:
        if self.habit == "deaf":
            items, said = self.rows, (len(self.rows), 50, 0)
        elif self.habit == "capped":
            items = self.rows[offset : offset + 50]
            said = (len(self.rows), 50, offset)
        elif self.habit == "wallets":
            items = self.rows[offset : offset + limit]
            said = (len(items), 50, 0)
        elif self.habit == "unlimited":
            items = self.rows[offset : offset + limit]
            said = (len(items), 0, 0)
        else:
            items = self.rows[offset : offset + limit]
            said = (len(self.rows), limit, offset + limit)
        total, told_limit, told_offset = said
        pagination = {"total": total, "limit": told_limit, "offset": told_offset}
        return ListResponse[Any].model_validate({"items": items, "pagination": pagination})


@pytest.mark.parametrize("habit", ["next", "capped", "wallets", "unlimited", "deaf"])
@given(rows=st.integers(0, 320) | st.sampled_from([50, 100, 150, 200]))
def test_law_every_item_comes_once_and_the_walk_ends(habit: str, rows: int) -> None:
    server, walk, found, asked = Server(rows, habit), Walk(), [], 0
    while walk.page is not None:
        found += walk.take(server.answer(walk.page.limit, walk.page.offset))
        asked += 1
        assert asked <= rows // 50 + 2
    assert found == server.rows
