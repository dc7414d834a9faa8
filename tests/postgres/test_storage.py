"""What is stored and found is the same on both databases."""

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.events.tables import MeterUsageRow
from flexprice_emulator.wallets.tables import WalletRow
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.sql import holds_text, json_text
from flexprice_emulator.workspace.workspace import Workspace
from tests.conftest import Api
from tests.postgres.conftest import START, Target
from tests.postgres_server import Server

NAMES = ["a", "B", "A", "b", "ä", "Z", "_", "~", "", " a", "é", "ｆ", "😀", "\uffff", "a_b", "a%b"]


@pytest.fixture
def held(target: Target) -> Workspace:
    return target.registry(real_time=lambda: START).for_key("sk_ws_a")


@pytest.fixture
def there(target: Target) -> Api:
    return target.api(target.registry(), "sk_ws_a")


def customer(ctx: Context, name: str, **values: Any) -> CustomerRow:
    identity = ctx.new_id("cust")
    return ctx.add(CustomerRow(id=identity, external_id=identity, name=name, **ctx.stamp(), **values))


def test_texts_sort_bytewise_and_names_are_searched_without_case(held: Workspace) -> None:
    with held.transaction() as session:
        ctx = Context(held, session, START)
        for name in NAMES:
            customer(ctx, name)
        found = list(session.scalars(select(CustomerRow.name).order_by(CustomerRow.name)))
        assert found == sorted(NAMES, key=lambda name: name.encode())
        assert list(session.scalars(select(CustomerRow.name).where(CustomerRow.name > "a").order_by(CustomerRow.name))) == [
            name for name in found if name.encode() > b"a"
        ]
        holding = select(CustomerRow.name).where(holds_text(CustomerRow.name, "a")).order_by(CustomerRow.name)
        assert list(session.scalars(holding)) == [name for name in found if "a" in name.lower()]


@pytest.mark.parametrize("key", ["plan", "1", "a.b", 'quo"te', "", "$", "Ünï"])
def test_metadata_is_found_by_any_key(held: Workspace, key: str) -> None:
    with held.transaction() as session:
        ctx = Context(held, session, START)
        customer(ctx, "yes", metadata_={key: "gold", "other": "x"})
        customer(ctx, "no", metadata_={"other": "gold"})
        customer(ctx, "nothing", metadata_=None)
        found = session.scalars(select(CustomerRow.name).where(json_text(CustomerRow.metadata_, key) == "gold"))
        assert list(found) == ["yes"]


def test_values_come_back_as_they_were(held: Workspace) -> None:
    amount, moment = Decimal("123456789012345678901234.123456789"), datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
    with held.transaction() as session:
        ctx = Context(held, session, moment)
        row = customer(ctx, "line\u2028 <&> \\u0000 \\", metadata_={"ключ": "значение", "nul": "a\u0001b"})
        stamp = {"customer_id": row.id, "currency": "usd", "wallet_type": "PRE_PAID", "config": {}, **ctx.stamp()}
        rates = {"conversion_rate": Decimal("0.00001"), "topup_conversion_rate": Decimal(1)}
        session.add(WalletRow(id="wallet_1", credit_balance=amount, balance=amount, **rates, **stamp))
        usage = {"meter_id": "m", "external_customer_id": "c", "timestamp": -1, "bucket_group": "", "source": "", "properties": "{}"}
        session.add(MeterUsageRow(event_id="e", whole=2**63 - 1, fraction=0, unique_hash=b"\x00\xff", ingested_at=1, **usage))
    with held.transaction() as session:
        read = session.get_one(CustomerRow, row.id)
        assert (read.name, read.metadata_, read.created_at) == (row.name, row.metadata_, moment)
        wallet = session.get_one(WalletRow, "wallet_1")
        assert (wallet.balance, wallet.conversion_rate) == (amount, Decimal("0.00001"))
        used = session.scalars(select(MeterUsageRow)).one()
        assert (used.whole, used.unique_hash, used.timestamp) == (2**63 - 1, b"\x00\xff", -1)


def test_an_error_leaves_nothing_and_the_next_transaction_works(held: Workspace) -> None:
    with held.transaction() as session:
        customer(Context(held, session, START), "first")

    def fail() -> None:
        with held.transaction() as session:
            ctx = Context(held, session, START)
            customer(ctx, "second")
            with session.begin_nested():
                customer(ctx, "third")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with held.transaction() as session:
        assert list(session.scalars(select(CustomerRow.name))) == ["first"]


def test_a_partial_unique_index_holds_for_what_is_published(held: Workspace) -> None:
    from sqlalchemy.exc import IntegrityError

    with held.transaction() as session:
        ctx = Context(held, session, START)
        values = {"external_id": "same", "name": "n", **ctx.stamp()}
        session.add_all([CustomerRow(id="a", **{**values, "status": "deleted"}), CustomerRow(id="b", **{**values, "status": "deleted"})])
        ctx.add(CustomerRow(id="c", **values))
        with pytest.raises(IntegrityError), session.begin_nested():
            ctx.add(CustomerRow(id="d", **values))


@pytest.mark.parametrize("text", ["nul\0", "x\u2028x", "😀", "a" * 250, "%s ? :x $1", "';--"])
def test_every_text_of_a_client_is_taken_or_refused_but_never_an_error_here(there: Api, text: str) -> None:
    made = there.send("POST", "/customers", {"external_id": text, "name": text, "metadata": {"k": text}})
    assert made.status_code == 201, made.text
    listed = there.post("/customers/search", {"filters": [{"field": "name", "operator": "contains", "value": {"string": text[-3:]}}]})
    assert listed["pagination"]["total"] == 1
    event = {"event_name": text, "external_customer_id": text, "event_id": text, "properties": {text: text, "n": 1}}
    assert there.send("POST", "/events", event).status_code == 202
    wanted = {"event_name": text, "aggregation_type": "COUNT_UNIQUE", "property_name": text}
    assert there.post("/events/usage", {**wanted, "external_customer_id": text})["value"] == 1


@pytest.mark.parametrize(
    ("key", "ascending"),
    [
        # Decimals by value; what is missing is greater than everything; equals in order of creation.
        ("credits_available", ["0.5", "9", "10", "100"]),
        ("priority", ["100", "9", "10", "0.5"]),
        ("created_at", ["9", "10", "100", "0.5"]),
    ],
)
def test_lists_sort_the_same(target: Target, key: str, ascending: list[str]) -> None:
    there = target.api(target.registry(real_time=lambda: START), "sk_ws_a")
    customer = there.post("/customers", {"external_id": "c", "name": "C"})
    wallet = there.post("/wallets", {"customer_id": customer["id"], "currency": "usd"})
    for amount, priority in (("9", 2), ("10", None), ("100", 1), ("0.5", None)):
        top_up = {"credits_to_add": amount, "transaction_reason": "FREE_CREDIT_GRANT", "priority": priority, "idempotency_key": amount}
        there.post(f"/wallets/{wallet['id']}/top-up", top_up)

    def found(direction: str) -> list[str]:
        body = {"wallet_id": wallet["id"], "sort": [{"field": key, "direction": direction}], "order": direction}
        return [item["credit_amount"] for item in there.post("/wallets/transactions/search", body)["items"]]

    assert found("asc") == ascending
    assert found("desc") == ascending[::-1]


@pytest.mark.parametrize(
    ("operator", "number", "expected"), [("gt", 1.5, ["2", "3"]), ("lt", 1.5, ["1"]), ("eq", 2, ["2"]), ("gt", 1e300, [])]
)
def test_numbers_of_filters_need_not_be_whole(there: Api, operator: str, number: float, expected: list[str]) -> None:
    customer = there.post("/customers", {"external_id": "c", "name": "C"})
    wallet = there.post("/wallets", {"customer_id": customer["id"], "currency": "usd"})
    for priority in (1, 2, 3):
        top_up = {"credits_to_add": str(priority), "transaction_reason": "FREE_CREDIT_GRANT", "priority": priority}
        there.post(f"/wallets/{wallet['id']}/top-up", {**top_up, "idempotency_key": str(priority)})
    for field in ("priority", "credits_available"):
        condition = {"field": field, "operator": operator, "value": {"number": number}}
        body = {"wallet_id": wallet["id"], "filters": [condition], "sort": [{"field": field, "direction": "asc"}]}
        found = there.post("/wallets/transactions/search", body)["items"]
        assert [item["credit_amount"] for item in found] == expected, field


def test_keys_that_postgresql_cannot_index_are_refused(postgresql: Server) -> None:
    target = Target("postgresql", postgresql)
    there = target.api(target.registry(), "sk_ws_a")
    long = "".join(hashlib.sha256(str(n).encode()).hexdigest() for n in range(100))
    refused = there.send("POST", "/events", {"event_name": "e", "external_customer_id": "c", "event_id": long})
    assert (refused.status_code, refused.json()["message"]) == (400, "A text is too long to be stored")
    assert there.send("POST", "/events", {"event_name": "e", "external_customer_id": "c", "event_id": long[:1000]}).status_code == 202
    target.close()
