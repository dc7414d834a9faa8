"""Laws of changed subscriptions, by the invariants of subscriptions.modifications."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Api
from tests.subscriptions.modifications.support import line_named, modify, read, wallets
from tests.subscriptions.shop import ADVANCE, Shop

LIMITS = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
CENTS = st.decimals(min_value="0.01", max_value="999.99", places=2)
_SECONDS = 31 * 86_400
MOMENTS = st.integers(0, _SECONDS - 1).map(
    lambda second: f"{datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=second):%Y-%m-%dT%H:%M:%SZ}"
)


@pytest.fixture
def fresh(server: Any) -> Any:
    """A shop of its own for each example."""
    portal, client = server
    return lambda: Shop(Api(portal, client, f"sk_ws_{uuid4().hex}"))


def settled(answer: dict[str, Any]) -> Decimal:
    """What an answer charges, less what it gives back."""
    total = Decimal(0)
    for held in answer["changed_resources"].get("invoices", []):
        total += Decimal(held["invoice"]["total"]) if "invoice" in held else -Decimal(held["wallet_transaction"]["amount"])
    return total


@LIMITS
@given(price=CENTS, quantity=st.integers(0, 40), at=MOMENTS)
def test_a_preview_and_its_change_settle_the_same(fresh: Any, price: Decimal, quantity: int, at: str) -> None:
    shop = fresh()
    subscription = shop.subscribe(shop.customer(), shop.plan("pro", ADVANCE | {"amount": str(price)}))
    items = [{"id": line_named(read(shop, subscription), "Base")["id"], "quantity": str(quantity), "effective_date": at}]
    tried = modify(shop, subscription, "quantity_change", call="preview", line_items=items)
    done = modify(shop, subscription, "quantity_change", line_items=items)
    assert settled(tried) == settled(done)


@LIMITS
@given(price=CENTS, more=st.integers(2, 40), at=MOMENTS)
def test_up_and_down_again_at_one_moment_costs_nothing(fresh: Any, price: Decimal, more: int, at: str) -> None:
    shop = fresh()
    customer = shop.customer()
    subscription = shop.subscribe(customer, shop.plan("pro", ADVANCE | {"amount": str(price)}))
    total = Decimal(0)
    for quantity in (more, 1):
        items = [{"id": line_named(read(shop, subscription), "Base")["id"], "quantity": str(quantity), "effective_date": at}]
        total += settled(modify(shop, subscription, "quantity_change", line_items=items))
    assert total == 0


@LIMITS
@given(price=CENTS, dates=st.lists(MOMENTS, min_size=1, max_size=3, unique=True))
def test_windows_of_changed_lines_meet(fresh: Any, price: Decimal, dates: list[str]) -> None:
    shop = fresh()
    subscription = shop.subscribe(shop.customer(), shop.plan("pro", ADVANCE | {"amount": str(price)}))
    for count, at in enumerate(sorted(dates), start=2):
        items = [{"id": line_named(read(shop, subscription), "Base")["id"], "quantity": str(count), "effective_date": at}]
        modify(shop, subscription, "quantity_change", line_items=items)
    windows = sorted((line["start_date"], line["end_date"]) for line in read(shop, subscription)["line_items"])
    windows.sort(key=lambda window: (window[0], window[1].startswith("0001"), window[1]))
    assert [end for _, end in windows[:-1]] == [start for start, _ in windows[1:]]
    assert windows[-1][1].startswith("0001")


@LIMITS
@given(price=CENTS, at=MOMENTS)
def test_ending_a_line_never_gives_back_more_than_was_billed(fresh: Any, price: Decimal, at: str) -> None:
    shop = fresh()
    customer = shop.customer()
    subscription = shop.subscribe(customer, shop.plan("pro", ADVANCE | {"amount": str(price)}))
    line = line_named(read(shop, subscription), "Base")
    shop.api.delete(f"/subscriptions/lineitems/{line['id']}", {"effective_from": at, "proration_behavior": "create_prorations"})
    held = wallets(shop, customer)
    assert sum(Decimal(wallet["balance"]) for wallet in held) <= price


@LIMITS
@given(old=CENTS, new=CENTS)
def test_a_plan_change_in_place_is_one_settlement(fresh: Any, old: Decimal, new: Decimal) -> None:
    shop = fresh()
    customer = shop.customer()
    subscription = shop.subscribe(customer, shop.plan("old", ADVANCE | {"amount": str(old)}))
    target = shop.plan("new", ADVANCE | {"amount": str(new), "display_name": "New"})
    body = {"target_plan_id": target["id"], "proration_behavior": "create_prorations"}
    tried = shop.api.post(f"/subscriptions/{subscription['id']}/change/v2/preview", body)
    done = shop.api.post(f"/subscriptions/{subscription['id']}/change/v2/execute", body)
    assert settled(tried) == settled(done)
    assert len(done["changed_resources"].get("invoices", [])) <= 1
    assert (settled(done) > 0) <= (new > old)
    assert (settled(done) < 0) <= (new < old)
