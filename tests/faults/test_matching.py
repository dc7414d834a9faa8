"""What `operation` means."""

import pytest

from flexprice_emulator.faults.matching import Pattern, UnknownName
from flexprice_emulator.wire.table import ApiTable

TABLE = ApiTable()


def means(text: str, method: str, path: str) -> bool:
    found = TABLE.match(method, path)
    assert found is not None
    return Pattern.parse(text).matches(found[0], "/v1" + path)


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "GET /v1/customers/{id}",
        "GET /customers/{id}",
        "get /customers/{id}",
        "GET /v1/customers/cust_1",
        "/customers/cust_1",
        "GET /customers/*",
        "GET *",
        "/v1/*",
        "get_customer",
        "getCustomer",
        "GetCustomer",
        "get_cust*",
    ],
)
def test_many_ways_to_name_one_operation(text: str) -> None:
    assert means(text, "GET", "/customers/cust_1")
    Pattern.parse(text).check(text, TABLE)


@pytest.mark.parametrize(
    "text", ["POST /customers", "GET /customers", "GET /customers/cust_2", "DELETE *", "/wallets/*", "create_customer", "customer"]
)
def test_others_are_not_meant(text: str) -> None:
    assert not means(text, "GET", "/customers/cust_1")


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("POST /v1/event", "POST /events"),
        ("GET /customer/{id}", "GET /customers/{id}"),
        ("create_custmer", "create_customer"),
        ("PATCH /customers/{id}", "PUT /customers/{id}"),
        ("nothing like it at all, really", ""),
    ],
)
def test_a_name_that_nothing_has_is_refused_with_what_is_near(text: str, near: str) -> None:
    with pytest.raises(UnknownName) as unknown:
        Pattern.parse(text).check(text, TABLE)
    assert near in (unknown.value.near or ("",))


def test_events_are_named_whole_or_by_a_star() -> None:
    assert Pattern.parse("*").matches_event("invoice.update")
    assert Pattern.parse("invoice.*").matches_event("invoice.update.finalized")
    assert not Pattern.parse("invoice.update").matches_event("invoice.update.finalized")
    assert not Pattern.parse("POST /events").matches_event("invoice.update")
