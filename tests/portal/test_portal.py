"""The customer portal: a session sees its own customer and changes nothing."""

from typing import Any

import pytest

from tests.conftest import Api


class Portal:
    """Calls with a session token and no key."""

    def __init__(self, api: Api, token: str) -> None:
        self._api, self._token = api, token

    def send(self, method: str, path: str, body: Any = None) -> Any:
        headers: Any = {"x-api-key": None, "x-session-token": self._token}
        return self._api.send(method, f"/customer/portal{path}", body, headers=headers)


@pytest.fixture
def ids(api: Api) -> dict[str, dict[str, str]]:
    """Two customers with a wallet and an invoice each."""
    found = {}
    for key in ("mine", "other"):
        customer = api.post("/customers", {"external_id": key, "name": key})["id"]
        wallet = api.post("/wallets", {"customer_id": customer, "currency": "usd", "initial_credits_to_load": "25"})["id"]
        sums = {"amount_due": "5", "total": "5", "subtotal": "5"}
        line = {"display_name": "L", "amount": "5", "quantity": "1"}
        invoice = {"customer_id": customer, "invoice_type": "ONE_OFF", "currency": "usd", "line_items": [line], **sums}
        found[key] = {"customer": customer, "wallets": wallet, "invoices": api.post("/invoices", invoice)["id"]}
    return found


@pytest.fixture
def portal(api: Api, ids: dict[str, dict[str, str]]) -> Portal:
    """A session of the first customer."""
    assert ids["mine"]
    return Portal(api, api.get("/customers/portal/mine")["token"])


def test_a_link_holds_its_token_and_lasts_an_hour(api: Api, ids: dict[str, dict[str, str]]) -> None:
    assert ids["mine"]
    api.freeze("2026-03-10T12:00:00Z")

    link = api.get("/customers/portal/mine")

    assert link["url"].endswith(f"?token={link['token']}")
    assert link["expires_at"] == "2026-03-10T13:00:00Z"
    assert api.get("/customers/portal/nobody", expect=404)["details"] == {"lookup_key": "nobody"}


@pytest.mark.parametrize(("token", "error"), [("", "Session token required"), ("nope", "Invalid or expired session token")])
def test_no_session_no_answer(api: Api, token: str, error: str) -> None:
    answer = Portal(api, token).send("GET", "/info")

    assert (answer.status_code, answer.json()) == (401, {"error": error})


@pytest.mark.parametrize("kind", ["wallets", "invoices"])
def test_only_its_own_objects_are_seen(portal: Portal, ids: dict[str, dict[str, str]], kind: str) -> None:
    own = portal.send("GET", f"/{kind}/{ids['mine'][kind]}")
    foreign = portal.send("GET", f"/{kind}/{ids['other'][kind]}")
    listed = portal.send("POST", f"/{kind}", {}).json()

    assert own.json()["customer_id"] == ids["mine"]["customer"]
    assert foreign.status_code == 404
    assert foreign.json()["message"].endswith("does not belong to this customer")
    items = listed["items"] if isinstance(listed, dict) else listed
    assert [entry["id"] for entry in items] == [ids["mine"][kind]]


def test_a_session_changes_nothing(portal: Portal) -> None:
    before = portal.send("GET", "/info").json()

    answer = portal.send("PUT", "/info", {"name": "New"})

    assert (answer.status_code, answer.json()) == (403, {"message": "insufficient permissions"})
    assert portal.send("GET", "/info").json() == before


def test_a_query_cannot_choose_another_customer(portal: Portal, ids: dict[str, dict[str, str]]) -> None:
    found = portal.send("GET", f"/usage?customer_id={ids['other']['customer']}&customer_lookup_key=other").json()
    rows = portal.send("GET", f"/wallets/{ids['mine']['wallets']}/transactions?id={ids['other']['wallets']}").json()["items"]

    assert found["customer_id"] == ids["mine"]["customer"]
    assert {entry["wallet_id"] for entry in rows} == {ids["mine"]["wallets"]}


def test_pages_count_from_one(portal: Portal, api: Api, ids: dict[str, dict[str, str]]) -> None:
    first = portal.send("POST", "/invoices", {"page": 1, "limit": 1}).json()
    second = portal.send("POST", "/invoices", {"page": 2, "limit": 1}).json()

    assert (len(first["items"]), len(second["items"])) == (1, 0)
    assert portal.send("POST", "/invoices", {"page": "x"}).status_code == 400
    assert portal.send("POST", "/subscriptions", {"page": -3}).json()["items"] == []
    assert portal.send("GET", f"/invoices/{ids['mine']['invoices']}/pdf").json()["code"] == "system_error"


def test_cost_analytics_need_a_range(portal: Portal) -> None:
    assert portal.send("POST", "/analytics/cost", {}).status_code == 400
    assert portal.send("POST", "/analytics/revenue", {}).json()["items"] == []
    assert portal.send("GET", "/config").json()["key"] == "customer_portal_config"
