"""The promises are checked: what breaks one is found."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from flexprice_emulator.catalog.tables import PlanRow
from flexprice_emulator.events.tables import MeterUsageRow
from flexprice_emulator.invoices.tables import InvoiceLineItemRow
from flexprice_emulator.workspace.context import Context
from tests.fuzz.firm import KEEPS, Answer, Firm
from tests.fuzz.promises import Broken, kept, number_faults


@pytest.fixture
def firm() -> Iterator[Firm]:
    made = Firm.found()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("raw", "faults"),
    [
        (b'{"amount": "1e+30"}', 1),
        (b'{"total": "10.50"}', 1),
        (b'{"balance": "-0"}', 1),
        (b'{"credits": [{"rate": "NaN"}]}', 1),
        (b'{"usage": 0.30000000000000004}', 1),
        (b'{"usage": NaN}', 1),
        (b'{"usage": 1.5333333333333334, "amount": "-0.005", "quantity": "1000000", "name": "1e5"}', 0),
        (b'{"amount": "7e3", "metadata": {"amount": "1e9"}}', 0),
        (b"404 page not found", 0),
    ],
)
def test_figures_that_are_no_exact_decimals_are_found(raw: bytes, faults: int) -> None:
    # What the request says itself may come back: here 7e3.
    assert len(list(number_faults(Answer(200, raw), '{"amount": "7e3"}'))) == faults


def test_a_refusal_that_stores_something_is_found(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = firm.edge.answer

    def sloppy(*arguments: Any, **named: Any) -> Any:
        reply = answer(*arguments, **named)
        with firm.workspace.transaction() as session:
            ctx = Context(firm.workspace, session, firm.now)
            ctx.add(PlanRow(id=ctx.new_id("plan"), name="left behind", lookup_key="left", **ctx.stamp()))
        return reply

    monkeypatch.setattr(firm.edge, "answer", sloppy)
    with pytest.raises(Broken, match="POST /plans answers 400 and changes what is stored"):
        firm.ask("POST", "/plans", {})


def test_an_unexpected_failure_is_found(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firm.workspace, "transaction", lambda: 1 / 0)
    with pytest.raises(Broken, match="GET /plans fails"):
        firm.ask("GET", "/plans")


def test_an_invoice_that_says_something_else_than_its_derivation_is_found(firm: Firm) -> None:
    body = {"customer_id": "c", "invoice_type": "ONE_OFF", "currency": "usd", "subtotal": "1", "total": "1", "amount_due": "1"}
    firm.make("invoice", "/invoices", {**body, "line_items": [{"display_name": "Setup", "quantity": "1", "amount": "1"}]})
    kept(firm)
    with firm.workspace.transaction() as session:
        session.scalars(select(InvoiceLineItemRow)).one().amount = Decimal(2)
    with pytest.raises(Broken, match="stored amount is 2, computed 1"):
        kept(firm)


def test_an_event_whose_invoice_changed_behind_the_doctor_s_back_is_found(firm: Firm) -> None:
    meter = {"name": "M", "event_name": "calls", "aggregation": {"type": "SUM", "field": "n"}, "reset_usage": "BILLING_PERIOD"}
    feature = firm.make("feature", "/features", {"name": "F", "lookup_key": "f", "type": "metered", "meter": meter})
    plan = firm.make("plan_id", "/plans", {"name": "P", "lookup_key": "p"})
    price = {"type": "USAGE", "invoice_cadence": "ARREAR", "amount": "1", "billing_model": "FLAT_FEE", "currency": "usd"}
    price |= {"billing_period": "MONTHLY", "billing_period_count": 1, "entity_type": "PLAN", "entity_id": plan["id"]}
    firm.make("price", "/prices", {**price, "meter_id": feature["meter_id"], "start_date": "2020-01-01T00:00:00Z"})
    customer = firm.make("customer", "/customers", {"external_id": "c", "name": "C"})
    terms = {"customer_id": customer["id"], "plan_id": plan["id"], "currency": "usd", "billing_period": "MONTHLY"}
    firm.make("subscription", "/subscriptions", terms)
    event = {"event_name": "calls", "external_customer_id": "c", "event_id": "e", "properties": {"n": 3}}
    firm.ask("POST", "/events", event)
    firm.events.append(event)
    firm.advance(timedelta(days=40))
    kept(firm)
    with firm.workspace.transaction() as session:
        session.execute(update(MeterUsageRow).values(timestamp=MeterUsageRow.timestamp - 86400 * 365))
    with pytest.raises(Broken, match="counted 1 events, 0 are said to be billed"):
        kept(firm)


def test_what_refusals_may_keep_is_documented() -> None:
    quirks = (Path(__file__).parents[2] / "docs" / "quirks.md").read_text("utf-8")
    assert [line for line in KEEPS.values() if line not in quirks] == []
