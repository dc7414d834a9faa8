"""Law: at one instant the stored invoice of a period equals its preview, figure by figure (invoices.md §5.12).

Prepaid credits are the exception the reference makes: a preview shows none. So there are none here.
"""

import json
from typing import Any
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import Api
from tests.subscriptions.shop import Shop, usage

amounts = st.integers(0, 99999).map(lambda cents: f"{cents // 100}.{cents % 100:02d}")
shares = st.integers(1, 100).map(str)
currencies = st.sampled_from(["usd", "jpy", "kwd"])
FIGURES = ("subtotal", "total_discount", "total_tax", "total", "amount_due", "amount_remaining", "total_prepaid_credits_applied")
LINE = (
    "display_name",
    "amount",
    "quantity",
    "price_type",
    "period_start",
    "period_end",
    "line_item_discount",
    "metadata",
    "commitment_info",
)


@st.composite
def usage_prices(draw: st.DrawFn) -> dict[str, Any]:
    """Terms of a usage price: flat, in packages or in tiers."""
    model = draw(st.sampled_from(["FLAT_FEE", "PACKAGE", "TIERED"]))
    if model == "FLAT_FEE":
        return {"amount": draw(amounts)}
    if model == "PACKAGE":
        divide = draw(st.integers(1, 30))
        return {
            "billing_model": model,
            "amount": draw(amounts),
            "transform_quantity": {"divide_by": divide, "round": draw(st.sampled_from(["up", "down"]))},
        }
    first = draw(st.integers(1, 50))
    tiers = [{"up_to": first, "unit_amount": draw(amounts), "flat_amount": draw(amounts)}, {"up_to": None, "unit_amount": draw(amounts)}]
    return {"billing_model": model, "tier_mode": draw(st.sampled_from(["VOLUME", "SLAB"])), "tiers": tiers, "amount": "0"}


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "currency": draw(currencies),
        "advance": draw(st.none() | amounts),
        "arrear": draw(st.none() | amounts),
        "usage": draw(st.lists(usage_prices(), min_size=1, max_size=2)),
        "events": draw(st.lists(st.tuples(st.integers(0, 1), st.integers(1, 200)), max_size=5)),
        "limit": draw(st.none() | st.integers(0, 100)),
        "coupons": draw(st.lists(st.tuples(shares, st.booleans()), max_size=2)),
        "taxes": draw(st.lists(shares, max_size=2)),
        "commitment": draw(st.none() | st.tuples(amounts, st.sampled_from(["1", "1.5"]), st.booleans())),
        "cycle": draw(st.sampled_from(["anniversary", "calendar"])),
        "proration": draw(st.sampled_from(["none", "create_prorations"])),
        "start": draw(st.sampled_from(["2026-03-01T00:00:00Z", "2026-03-10T12:00:00Z", "2026-02-17T09:30:00Z"])),
    }


def build(shop: Shop, world: dict[str, Any]) -> dict[str, Any]:
    currency = {"currency": world["currency"]}
    plan = shop.api.post("/plans", {"name": "P"})
    for cadence in ("advance", "arrear"):
        if world[cadence] is not None:
            fixed = {"type": "FIXED", "invoice_cadence": cadence.upper(), "amount": world[cadence], "display_name": cadence}
            shop.price("PLAN", plan["id"], **fixed, **currency)
    price_ids = []
    for number, terms in enumerate(world["usage"]):
        feature = shop.feature(f"f{number}")
        price_ids.append(shop.price("PLAN", plan["id"], **{**usage(feature["meter_id"]), **terms, **currency})["id"])
        if world["limit"] is not None and number == 0:
            entitlement = {"entity_type": "PLAN", "entity_id": plan["id"], "feature_id": feature["id"], "feature_type": "metered"}
            shop.api.post(
                "/entitlements", {**entitlement, "usage_limit": world["limit"], "usage_reset_period": "MONTHLY", "is_enabled": True}
            )
    coupons = []
    for number, (percentage, of_line) in enumerate(world["coupons"]):
        shop.coupon(f"K{number}", percentage)
        coupons.append({"coupon_code": f"K{number}", **({"price_id": price_ids[0]} if of_line else {})})
    taxes = []
    for number, percentage in enumerate(world["taxes"]):
        shop.tax(f"T{number}", percentage)
        taxes.append({"tax_rate_code": f"T{number}", "currency": world["currency"], "auto_apply": True})
    more: dict[str, Any] = {}
    if world["commitment"] is not None:
        amount, factor, true_up = world["commitment"]
        more = {"commitment_amount": amount, "overage_factor": factor, "enable_true_up": true_up}
    if world["start"] >= "2026-03-10":
        more["proration_behavior"] = world["proration"]
    return shop.subscribe(
        shop.customer(),
        plan,
        **currency,
        subscription_coupons=coupons or None,
        tax_rate_overrides=taxes or None,
        billing_cycle=world["cycle"],
        start_date=world["start"],
        **more,
    )


def shown(invoice: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    lines = [json.dumps({name: line.get(name) for name in LINE}, sort_keys=True) for line in invoice.get("line_items") or ()]
    return {name: invoice[name] for name in FIGURES}, sorted(lines)


@settings(max_examples=60)
@given(world=worlds())
def test_the_invoice_of_a_period_is_its_preview(server: Any, world: dict[str, Any]) -> None:
    shop = Shop(Api(*server, f"sk_ws_{uuid4().hex}"))
    made = build(shop, world)
    for number, (which, quantity) in enumerate(world["events"]):
        name = f"f{which % len(world['usage'])}"
        shop.use({"external_customer_id": "acme", "external_id": "acme"}, name, str(quantity), "2026-03-10T12:00:00Z", f"e{number}")
    shop.api.freeze("2026-03-12T00:00:00Z")
    preview = shop.preview(made)
    shop.api.post(f"/subscriptions/temporal/{made['id']}/draft-and-compute", expect=202)
    drafts = [i for i in shop.invoices(made, invoice_status="DRAFT") if i["billing_reason"] == "SUBSCRIPTION_CYCLE"]
    if not drafts:
        assert preview["subtotal"] == "0"
        return
    (draft,) = drafts
    shop.api.post(f"/invoices/{draft['id']}/finalize")
    stored = shop.api.get(f"/invoices/{draft['id']}")
    assert shown(stored) == shown(preview)
