"""Every route, with bodies and queries made from its own request model: plausible, wrong and hostile values mixed.

Whatever is asked, the answer is never an unexpected failure. A 5xx is only what the reference itself answers (wire.md §10).
"""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any, get_args, get_origin
from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from flexprice_emulator.wire.binding import _plain
from flexprice_emulator.wire.routing import Operation
from flexprice_emulator.wire.table import ApiTable
from tests.conftest import Api

HOSTILE: list[Any] = [
    *(None, "", 0, 1, -1, 0.5, True, False, [], {}, [None], [{}], {"a": 1}, [[]], {"": ""}, "x" * 400, "\x00", "a\x01b", "\ud800", "💥"),
    *("1e400", "1e30", "-1e30", 10**12, -(10**30), 2**31, 2**63, 2**63 - 1, 1e308, 1e-300, "NaN", "Infinity", "0.0000000000000001"),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "2024-02-29T23:59:59.999999999+05:30", "2026-02-30T00:00:00Z", "2026-01-01"),
    *("'; drop table customers --", "%", "\\", ["x"] * 300, [1, "a", None], 20240231),
]
_ENUMS = """
    USD usd jpy MONTHLY ANNUAL DAILY ONETIME RECURRING PLAN ADDON SUBSCRIPTION COSTSHEET FLAT_FEE PACKAGE TIERED VOLUME SLAB FIXED
    USAGE FIAT CUSTOM ADVANCE ARREAR SUM COUNT MAX AVG COUNT_UNIQUE WEIGHTED_SUM HOUR DAY WEEK MONTH metered boolean static config
    published archived asc desc INVOICE CUSTOMER OFFLINE CREDITS CARD percentage fixed once forever repeated ACTIVE immediate
    end_of_period none create_prorations anniversary calendar amount quantity NEVER DURATION BILLING_CYCLE FREE_CREDIT_GRANT
    PURCHASED_CREDIT_DIRECT ONE_OFF DRAFT FINALIZED ADJUSTMENT REFUND DUPLICATE PRE_PAID POST_PAID customer subscription invoice
    tenant feature price meters prices plan eq contains in gt before string number date array name created_at status id add remove
    private_key service_account user feature_id source
"""
WORDS = _ENUMS.split()
TIMES = ["2025-01-31T00:00:00Z", "2026-11-21T10:00:00Z", "2026-11-22T09:30:00.5+02:00", "2027-01-01T00:00:00Z"]
NUMBERS = ["0", "1", "-1", "0.005", "2.5", "100", "99999999999", "1e15"]


@pytest.fixture(scope="module")
def world(server: Any) -> tuple[Api, list[str]]:
    """One customer with everything, and the ids and keys of it all."""
    api = Api(*server, f"sk_ws_{uuid4().hex}")
    ids: list[str] = ["c", "p", "f", "hit", "nope"]

    def make(path: str, body: dict[str, Any]) -> str:
        made = api.post(path, body)
        ids.append(made["id"])
        return str(made["id"])

    customer = make("/customers", {"external_id": "c", "name": "C", "metadata": {"a": "b"}})
    meter = {"name": "M", "event_name": "hit", "aggregation": {"type": "SUM", "field": "n"}, "reset_usage": "BILLING_PERIOD"}
    feature = make("/features", {"name": "F", "lookup_key": "f", "type": "metered", "meter": meter})
    meter_id = api.get(f"/features/{feature}")["meter_id"]
    ids.append(meter_id)
    plan, addon = make("/plans", {"name": "P", "lookup_key": "p"}), make("/addons", {"name": "A", "lookup_key": "a"})
    price = {"currency": "usd", "price_unit_type": "FIAT", "billing_period": "MONTHLY", "billing_period_count": 1, "amount": "2"}
    price |= {"billing_model": "FLAT_FEE", "billing_cadence": "RECURRING", "entity_type": "PLAN", "entity_id": plan}
    price["start_date"] = "2024-01-01T00:00:00Z"
    make("/prices", {**price, "type": "FIXED", "invoice_cadence": "ADVANCE"})
    make("/prices", {**price, "type": "USAGE", "invoice_cadence": "ARREAR", "meter_id": meter_id})
    make("/prices", {**price, "type": "FIXED", "invoice_cadence": "ADVANCE", "entity_type": "ADDON", "entity_id": addon})
    entitlement = {"entity_type": "PLAN", "entity_id": plan, "feature_id": feature, "feature_type": "metered", "usage_limit": 3}
    make("/entitlements", {**entitlement, "usage_reset_period": "MONTHLY"})
    make("/coupons", {"name": "K", "coupon_code": "k", "type": "percentage", "percentage_off": "10", "cadence": "forever"})
    make("/wallets", {"customer_id": customer, "currency": "usd", "wallet_type": "PRE_PAID", "conversion_rate": "1"})
    make("/taxes/rates", {"name": "T", "code": "t", "tax_rate_type": "percentage", "percentage_value": "5"})
    make("/groups", {"name": "G", "lookup_key": "g", "entity_type": "price"})
    subscription = {
        "customer_id": customer,
        "plan_id": plan,
        "currency": "usd",
        "billing_cadence": "RECURRING",
        "billing_period": "MONTHLY",
    }
    make("/subscriptions", {**subscription, "billing_period_count": 1, "billing_cycle": "anniversary", "start_date": TIMES[1]})
    ids.append(api.get("/invoices")["items"][0]["id"])
    api.post("/events", {"event_name": "hit", "external_customer_id": "c", "event_id": "e", "properties": {"n": 5}})
    return api, ids


def plausible(kind: Any, ids: list[str], depth: int = 0) -> st.SearchStrategy[Any]:
    """Values of a field's type."""
    kind = _plain(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return bodies(kind, ids, depth + 1) if depth < 4 else st.just({})
    if get_origin(kind) is list:
        return st.lists(values(get_args(kind)[0], ids, depth + 1), max_size=2)
    if get_origin(kind) is dict or kind is dict:
        return st.dictionaries(st.sampled_from(["a", "n", "properties", ""]), st.sampled_from([*WORDS[:4], 1, ["x"]]), max_size=2)
    if kind is bool:
        return st.booleans()
    if kind is int:
        return st.integers(-1, 30) | st.just(20270101)
    if kind in (Decimal, float):
        return st.sampled_from(NUMBERS) | st.sampled_from([0, 1, 2.5, 1000])
    if kind is datetime:
        return st.sampled_from(TIMES)
    return st.sampled_from(ids) | st.sampled_from(WORDS)


def values(kind: Any, ids: list[str], depth: int = 0) -> st.SearchStrategy[Any]:
    """Mostly plausible, sometimes hostile."""
    return st.integers(0, 6).flatmap(lambda roll: st.sampled_from(HOSTILE) if roll == 0 else plausible(kind, ids, depth))


def bodies(model: type[BaseModel], ids: list[str], depth: int = 0) -> st.SearchStrategy[dict[str, Any]]:
    """Objects of a request model: required fields mostly there, the others now and then."""
    fields = {info.alias or name: info for name, info in model.model_fields.items()}
    required = {name: values(info.annotation, ids, depth) for name, info in fields.items() if info.is_required()}
    optional = {name: values(info.annotation, ids, depth) for name, info in fields.items() if not info.is_required()}
    few = st.sets(st.sampled_from(sorted(optional)), max_size=4) if optional else st.just(set())
    return few.flatmap(lambda names: st.fixed_dictionaries({**required, **{name: optional[name] for name in sorted(names)}}))


def queries(operation: Operation) -> list[str]:
    """The names a query string of the operation may use."""
    model = dict(operation.inputs).get("query")
    return [*(model.model_fields if model else ()), "limit", "offset", "id", "expand", "window_size", "start_time", "external_customer_id"]


OPERATIONS = [operation for _, operation in ApiTable().tagged() if not operation.path.startswith(("/environments", "/users", "/tenants"))]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
@settings(max_examples=5, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_request_fails_unexpectedly(world: tuple[Api, list[str]], operation: Operation, data: st.DataObject) -> None:
    api, ids = world
    path = operation.path
    while "{" in path:
        head, _, rest = path.partition("{")
        drawn = data.draw(st.sampled_from([*ids, *ids, "x" * 300, "\x00", "💥", "%", "null"]))
        path = head + quote(drawn, safe="") + rest.partition("}")[2]
    if data.draw(st.booleans()):
        pairs = data.draw(
            st.lists(st.tuples(st.sampled_from(queries(operation)), st.sampled_from([*WORDS, *TIMES, *HOSTILE, *ids])), max_size=3)
        )
        path += "?" + urlencode([(name, str(value).encode("utf-8", "replace")) for name, value in pairs])
    model = dict(operation.inputs).get("body")
    body = data.draw(bodies(model, ids) | st.sampled_from(HOSTILE)) if model else None
    answer = api.send(operation.method, path, raw=json.dumps(body).encode() if model else None)
    if answer.status_code >= 500:
        expected = answer.content == b"" or "error" in answer.json() or answer.json()["code"] in ("database_error", "http_client_error")
        assert expected, f"{operation.name} {path} {body} -> {answer.text}"
