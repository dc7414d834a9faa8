"""No accepted event is without a verdict: each scenario ends in one, with the reason a user needs."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flexprice_emulator.explain.doctor.text import report_text
from flexprice_emulator.explain.doctor.verdicts import RANKS, best
from tests.subscriptions.shop import ADVANCE, Shop, usage

AT = "2026-03-05T00:00:00Z"


def examine(shop: Shop, event_id: str) -> Any:
    answer = shop.api.send("GET", f"//_emulator/doctor/event/{event_id}")
    assert answer.status_code == 200, answer.text
    report = answer.json()
    assert report["verdict"] in RANKS
    assert report_text(report).startswith(f"Event {event_id}: ")
    return report


def line(report: Any) -> Any:
    """The one line of the one meter."""
    (copy,) = report["copies"]
    (meter,) = copy["meters"]
    (found,) = meter["lines"]
    return found


@pytest.fixture
def saas(shop: Shop) -> dict[str, Any]:
    """A subscription to calls at 0.5 and a base of 30, from 1 March."""
    customer, feature = shop.customer(), shop.feature()
    made = shop.subscribe(customer, shop.plan("pro", ADVANCE, usage(feature["meter_id"])))
    return {**made, "customer": customer, "feature": feature}


def roll(shop: Shop, to: str = "2026-04-02T00:00:00Z") -> None:
    answer = shop.api.send("POST", "//_emulator/clock/advance", {"to": to})
    assert answer.status_code == 200, answer.text
    assert answer.json()["failed_count"] == 0


def test_an_event_of_the_running_period_waits_for_its_end(shop: Shop, saas: dict[str, Any]) -> None:
    shop.use(saas["customer"], "calls", "3", AT, "e")
    report = examine(shop, "e")
    assert (report["verdict"], line(report)["subscription_id"]) == ("open", saas["id"])
    assert line(report)["due_at"] == "2026-04-01T00:00:00Z"
    assert report["copies"][0]["meters"][0]["quantity"] == "3"


def test_an_event_of_a_later_period_waits_longer(shop: Shop, saas: dict[str, Any]) -> None:
    shop.use(saas["customer"], "calls", "3", "2026-04-05T00:00:00Z", "e")
    assert examine(shop, "e")["verdict"] == "future"


def test_an_event_in_time_is_on_the_finalized_invoice_a_late_one_is_unbilled(shop: Shop, saas: dict[str, Any]) -> None:
    shop.use(saas["customer"], "calls", "3", AT, "in-time")
    roll(shop)
    shop.use(saas["customer"], "calls", "4", AT, "late")
    invoice = next(i for i in shop.invoices(saas) if i["billing_reason"] == "SUBSCRIPTION_CYCLE")
    billed = line(examine(shop, "in-time"))
    assert (billed["verdict"], billed["invoice"]["id"], billed["invoice"]["invoice_number"]) == (
        "billed",
        invoice["id"],
        invoice["invoice_number"],
    )
    late = line(examine(shop, "late"))
    finalized = invoice["finalized_at"]
    assert late["verdict"] == "late"
    assert late["reason"] == f"unbilled: its period was finalized at {finalized} (invoice {invoice['invoice_number']})"


def test_an_event_sent_again_with_another_quantity_was_billed_as_the_earlier_copy(shop: Shop, saas: dict[str, Any]) -> None:
    shop.use(saas["customer"], "calls", "3", AT, "e")
    roll(shop)
    shop.use(saas["customer"], "calls", "9", AT, "e")
    found = line(examine(shop, "e"))
    assert found["verdict"] == "billed"
    assert "as an earlier copy, which was replaced" in found["reason"]


def test_a_draft_holds_what_came_before_it_was_computed(shop: Shop, saas: dict[str, Any]) -> None:
    shop.use(saas["customer"], "calls", "3", AT, "e")
    shop.api.post(f"/subscriptions/temporal/{saas['id']}/draft-and-compute", expect=202)
    assert examine(shop, "e")["verdict"] == "draft"
    # The clock stands still: what tells the two apart is how many events the draft counted.
    shop.use(saas["customer"], "calls", "4", AT, "after")
    assert {examine(shop, "e")["verdict"], examine(shop, "after")["verdict"]} == {"unclear"}
    shop.api.freeze("2026-03-11T00:00:00Z")
    shop.use(saas["customer"], "calls", "5", AT, "much-later")
    assert examine(shop, "much-later")["verdict"] == "waiting"


def test_after_the_clock_went_back_times_do_not_tell_what_was_billed(shop: Shop, saas: dict[str, Any]) -> None:
    shop.use(saas["customer"], "calls", "3", AT, "in-time")
    roll(shop)
    assert examine(shop, "in-time")["verdict"] == "billed"
    shop.api.freeze("2026-03-20T00:00:00Z")
    shop.use(saas["customer"], "calls", "4", AT, "later")
    assert {examine(shop, "in-time")["verdict"], examine(shop, "later")["verdict"]} == {"unclear"}


def test_a_voided_invoice_bills_nothing(shop: Shop, saas: dict[str, Any]) -> None:
    shop.use(saas["customer"], "calls", "3", AT, "e")
    roll(shop)
    invoice = next(i for i in shop.invoices(saas) if i["billing_reason"] == "SUBSCRIPTION_CYCLE")
    shop.api.post(f"/invoices/{invoice['id']}/void")
    assert examine(shop, "e")["verdict"] == "voided"


def test_a_filter_that_lets_it_not_through_is_named(shop: Shop) -> None:
    meter = {"name": "M", "event_name": "calls", "aggregation": {"type": "COUNT"}, "reset_usage": "BILLING_PERIOD"}
    filters = [{"key": "region", "values": ["eu", "us"]}, {"key": "n", "values": ["1"]}]
    shop.api.post("/features", {"name": "F", "lookup_key": "f", "type": "metered", "meter": {**meter, "filters": filters}})
    shop.use(shop.customer(), "calls", "1", AT, "e")
    report = examine(shop, "e")
    assert (report["verdict"], report["reason"]) == ("filter", "property 'region' is missing, the filter wants 'eu' or 'us'")
    assert [entry["matches"] for entry in report["copies"][0]["meters"][0]["filters"]] == [False, True]


def test_an_expression_without_a_value_says_why(shop: Shop) -> None:
    shop.feature("calls", {"type": "SUM", "expression": "n / missing"})
    shop.use(shop.customer(), "calls", "1", AT, "e")
    report = examine(shop, "e")
    assert report["verdict"] == "expression"
    assert "n / missing" in report["reason"]


def test_no_meter_of_the_name_and_what_comes_close(shop: Shop) -> None:
    shop.feature("tokens")
    shop.use(shop.customer(), "token", "1", AT, "e")
    assert examine(shop, "e")["reason"] == "no meter reads events named 'token'; close to it: 'tokens'"


def test_a_meter_made_after_the_event_and_an_archived_one(shop: Shop) -> None:
    customer = shop.customer()
    shop.use(customer, "calls", "1", AT, "early")
    feature = shop.feature()
    assert examine(shop, "early")["verdict"] == "made_after"
    shop.api.delete(f"/meters/{feature['meter_id']}")
    shop.use(customer, "calls", "1", AT, "late")
    report = examine(shop, "late")
    assert (report["verdict"], report["copies"][0]["meters"][0]["status"]) == ("archived", "archived")


def test_without_a_customer_and_without_a_line(shop: Shop) -> None:
    shop.feature()
    shop.use({"external_id": "nobody"}, "calls", "1", AT, "stray")
    assert examine(shop, "stray")["verdict"] == "no_customer"
    shop.use(shop.customer(), "calls", "1", AT, "free")
    assert examine(shop, "free")["verdict"] == "unpriced"


def test_before_the_line_and_in_a_trial(shop: Shop, saas: dict[str, Any]) -> None:
    shop.use(saas["customer"], "calls", "3", "2026-02-20T00:00:00Z", "before")
    assert examine(shop, "before")["verdict"] == "outside"
    other = shop.customer("trier")
    shop.subscribe(other, {"id": saas["plan_id"]}, trial_period_days=14)
    shop.use(other, "calls", "3", AT, "trial")
    assert examine(shop, "trial")["verdict"] == "trial"


def test_a_cancelled_subscription_without_a_last_invoice(shop: Shop, saas: dict[str, Any]) -> None:
    shop.use(saas["customer"], "calls", "3", AT, "e")
    shop.api.post(f"/subscriptions/{saas['id']}/cancel", {"cancellation_type": "immediate"})
    shop.use(saas["customer"], "calls", "3", "2026-03-20T00:00:00Z", "after")
    assert examine(shop, "e")["verdict"] == "inactive"
    assert examine(shop, "after")["verdict"] == "outside"


def test_copies_that_replace_each_other_are_told(shop: Shop, saas: dict[str, Any]) -> None:
    other = shop.customer("other")
    shop.use(saas["customer"], "calls", "3", AT, "e")
    shop.use(other, "calls", "4", AT, "e")
    first, second = examine(shop, "e")["copies"]
    assert (first["external_customer_id"], first["is_listed"], first["verdict"]) == ("other", True, "unpriced")
    assert (second["external_customer_id"], second["is_listed"], second["verdict"]) == ("acme", False, "open")

    for part, quantity in (("100", "1"), ("900", "2")):
        shop.use(saas["customer"], "calls", quantity, f"2026-03-06T00:00:00.{part}Z", "twice")
    earlier, later = examine(shop, "twice")["copies"]
    assert [copy["meters"][0]["quantity"] for copy in (earlier, later)] == ["2", "2"]
    assert [len(copy["meters"][0]["notes"]) for copy in (earlier, later)] == [1, 0]


def test_a_quantity_of_zero_is_explained(shop: Shop, saas: dict[str, Any]) -> None:
    shop.use(saas["customer"], "calls", "lots", AT, "text")
    assert examine(shop, "text")["copies"][0]["meters"][0]["notes"] == ["counts as 0: property 'n' is 'lots'"]


def test_usage_of_an_heir_counts_for_the_parent(shop: Shop, saas: dict[str, Any]) -> None:
    child = shop.customer("child")
    body = {"type": "inheritance", "inheritance_params": {"external_customer_ids_to_inherit_subscription": ["child"]}}
    shop.api.post(f"/subscriptions/{saas['id']}/modify/execute", body)
    shop.use(child, "calls", "3", AT, "e")
    assert (line(examine(shop, "e"))["subscription_id"], examine(shop, "e")["verdict"]) == (saas["id"], "open")


def test_an_unknown_id_is_404_and_says_what_may_have_been(shop: Shop) -> None:
    answer = shop.api.send("GET", "//_emulator/doctor/event/nope")
    assert answer.status_code == 404
    assert "only blanks" in answer.json()["detail"]


def test_the_best_verdict_counts() -> None:
    assert best(["no_meter", "late", "draft"]) == "draft"
    with pytest.raises(KeyError):
        best(["nonsense"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["calls", "Calls", " calls ", "other"]),
    customer=st.sampled_from(["acme", "nobody"]),
    day=st.integers(1, 28),
    month=st.sampled_from(["2026-01", "2026-03", "2026-04", "2027-01"]),
    n=st.none() | st.integers(-5, 5) | st.text(max_size=3) | st.booleans() | st.floats(allow_nan=False, allow_infinity=False),
    serial=st.uuids(),
)
def test_every_accepted_event_gets_a_verdict(
    shop: Shop, saas: dict[str, Any], name: str, customer: str, day: int, month: str, n: Any, serial: Any
) -> None:
    event = {"event_name": name, "external_customer_id": customer, "event_id": str(serial), "timestamp": f"{month}-{day:02d}T00:00:00Z"}
    shop.api.post("/events", {**event, "properties": {"n": n}}, expect=202)
    report = examine(shop, str(serial))
    assert report["reason"]
    assert all(meter["verdict"] in RANKS and meter["reason"] for copy in report["copies"] for meter in copy["meters"])


def test_the_meter_that_took_it_is_told_of_first_then_what_came_nearest(shop: Shop, saas: dict[str, Any]) -> None:
    shop.use(saas["customer"], "calls", "3", AT, "e")
    report = examine(shop, "e")
    (took,) = report["copies"][0]["meters"]
    missed = {"key": "k", "found": "a", "values": ["b"], "matches": False}
    near = {**took, "name": "near", "is_counted": False, "verdict": "filter", "reason": "k", "filters": [missed]}
    far = {**near, "name": "far", "filters": [missed, missed]}
    report["copies"][0]["meters"] = [far, near, took]
    said = report_text(report)
    assert said.index(f"({took['name']}, ") < said.index("(near, ") < said.index("(far, ")
