"""/_emulator/coverage."""

from typing import Any

import pytest

from flexprice_emulator.wire.table import ApiTable


def ask(api: Any, query: str = "", status: int = 200) -> Any:
    answer = api.send("GET", f"//_emulator/coverage{query}")
    assert answer.status_code == status, answer.text
    return answer.json()


def test_every_served_operation_is_there_once(api: Any) -> None:
    found = ask(api)
    names = [item["operation"] for item in found["items"]]
    assert len(names) == len(set(names)) == found["total"] == sum(found["truth"].values())
    served = {item["operation"] for item in found["items"] if item["served"]}
    assert served == {operation.name for _, operation in ApiTable().tagged()} | {"GET /health", "POST /health"}
    assert {item["truth"] for item in found["items"] if not item["served"]} == {"absent"}


@pytest.mark.parametrize("operation", ["createCustomer", "POST /v1/customers", "POST /customers"])
def test_an_operation_says_how_true_it_is_and_by_which_test(api: Any, operation: str) -> None:
    (item,) = ask(api, f"?operation={operation}")["items"]
    assert (item["operation"], item["tier"], item["status"], item["permission"]) == ("POST /customers", "T1", 201, "entity:write")
    assert item["truth"] == "recorded"
    assert "customers" in item["recordings"]["scenarios"]
    assert item["test_count"] >= len(item["tests"]) > 0
    assert all(test.startswith("tests/") and "::test_" in test for test in item["tests"])


def test_known_differences_are_named_with_their_reasons(api: Any) -> None:
    differing = ask(api, "?truth=recorded%20with%20differences")["items"]
    assert differing
    assert all(len(item["recordings"]["differences"][0].split(": ", 2)) == 3 for item in differing)


@pytest.mark.parametrize(("query", "field"), [("?tier=T1", "tier"), ("?tag=wallets", "tag"), ("?truth=tested", "truth")])
def test_filters(api: Any, query: str, field: str) -> None:
    found = ask(api, query)
    assert 0 < found["total"] < ask(api)["total"]
    assert {item[field].lower() for item in found["items"]} == {query.partition("=")[2].lower()}
    assert sum(found["truth"].values()) == found["total"]


def test_a_filter_that_cannot_be_is_named(api: Any) -> None:
    (detail,) = ask(api, "?tier=T9", status=422)["detail"]
    assert detail["loc"] == ["query", "tier"]
