"""POST /events/analytics and /meter-usage/detailed-analytics: business cases over HTTP."""

from typing import Any

import pytest

from tests.events.support import Seller

RANGE = {"start_time": "2026-11-11T00:00:00Z", "end_time": "2026-11-22T00:00:00Z"}


@pytest.fixture
def seller(api: Any) -> Seller:
    api.freeze("2026-11-22T05:37:15Z")
    held = Seller(api)
    held.feature("Tokens", "llm", {"type": "SUM", "field": "n"}, unit_singular="token", unit_plural="tokens")
    held.send("llm", "a", "2026-11-13T01:00:00Z", source="api", n=100, model="x")
    held.send("llm", "b", "2026-11-13T02:00:00Z", source="sdk", n=50, model="y")
    held.send("llm", "c", "2026-11-17T13:00:00Z", source="api", n=300, model="x")
    return held


def ask(seller: Seller, **wanted: Any) -> Any:
    return seller.api.post("/events/analytics", {"external_customer_id": "c", **RANGE, **wanted})


def only(answer: Any) -> Any:
    (item,) = answer["items"]
    return item


def test_cost_is_the_price_of_the_whole_usage_and_points_are_priced_alone(seller: Seller) -> None:
    seller.price("Tokens", billing_model="TIERED", tier_mode="SLAB", tiers=[{"up_to": 100, "unit_amount": "1"}, {"unit_amount": "0.5"}])
    seller.subscribe()
    item = only(ask(seller, window_size="DAY"))
    assert (item["total_usage"], item["total_cost"]) == ("450", "275")
    assert [(point["timestamp"], point["usage"], point["cost"]) for point in item["points"]] == [
        ("2026-11-13T00:00:00Z", "150", "125"),
        ("2026-11-17T00:00:00Z", "300", "200"),
    ]


def test_months_follow_the_billing_anchor(seller: Seller) -> None:
    seller.price("Tokens")
    seller.subscribe()
    assert [point["timestamp"] for point in only(ask(seller, window_size="MONTH"))["points"]] == ["2026-11-10T00:00:00Z"]


def test_groups_by_source_and_property(seller: Seller) -> None:
    seller.price("Tokens")
    seller.subscribe()
    by_source = ask(seller, group_by=["source"])["items"]
    assert {(item["source"], item["total_usage"]) for item in by_source} == {("api", "400"), ("sdk", "50")}
    by_model = ask(seller, group_by=["feature_id", "properties.model"], window_size="DAY")["items"]
    assert {(item["properties"]["model"], item["total_cost"], len(item["points"])) for item in by_model} == {
        ("x", "400", 2),
        ("y", "50", 1),
    }
    missing = only(ask(seller, group_by=["properties.none"]))
    assert (missing["properties"], missing["total_usage"]) == ({"none": ""}, "450")


def test_filters_by_source_property_and_feature(seller: Seller) -> None:
    seller.price("Tokens")
    seller.subscribe()
    assert only(ask(seller, sources=["sdk"]))["total_usage"] == "50"
    assert only(ask(seller, property_filters={"model": ["x"]}))["total_usage"] == "400"
    assert ask(seller, property_filters={"model": ["none"]})["items"] == []
    assert ask(seller, feature_ids=["feat_other"])["items"] == []
    assert only(ask(seller, feature_ids=[seller.features["Tokens"]["id"]]))["total_usage"] == "450"


@pytest.mark.parametrize(
    ("aggregation", "plain", "detailed"),
    [
        ({"type": "COUNT_UNIQUE", "field": "user"}, "1", "2"),
        ({"type": "SUM_WITH_MULTIPLIER", "field": "n", "multiplier": "2"}, "30", "0"),
        ({"type": "WEIGHTED_SUM", "field": "n"}, "15", "0"),
        ({"type": "AVG", "field": "n"}, "7.5", "7.5"),
        ({"type": "LATEST", "field": "n"}, "5", "5"),
    ],
)
def test_reads_by_window_do_not_know_every_aggregation(seller: Seller, aggregation: Any, plain: str, detailed: str) -> None:
    seller.feature("Other", "other", aggregation)
    seller.price("Other")
    seller.subscribe()
    seller.send("other", "x", "2026-11-13T01:00:00Z", n=10, user="u")
    seller.send("other", "y", "2026-11-14T01:00:00Z", n=5)
    assert only(ask(seller))["total_usage"] == plain
    assert only(ask(seller, window_size="DAY"))["total_usage"] == detailed


def test_bucketed_meter_shows_the_larger_of_window_and_bucket(seller: Seller) -> None:
    seller.feature("Peak", "gpu", {"type": "MAX", "field": "n", "bucket_size": "HOUR"})
    seller.price("Peak", "2")
    seller.subscribe()
    for number, (minute, value) in enumerate([("01:10", 4), ("01:50", 9), ("03:00", 2)]):
        seller.send("gpu", f"g{number}", f"2026-11-17T{minute}:00Z", n=value)
    feature = {"feature_ids": [seller.features["Peak"]["id"]]}
    total = only(ask(seller, **feature))
    assert (total["total_usage"], total["total_cost"], total["event_count"], total["window_size"]) == ("11", "22", 3, "HOUR")
    minutes = only(ask(seller, window_size="MINUTE", **feature))
    assert (minutes["window_size"], [point["usage"] for point in minutes["points"]]) == ("HOUR", ["9", "2"])
    day = only(ask(seller, window_size="DAY", **feature))
    assert [(point["usage"], point["cost"], point["event_count"]) for point in day["points"]] == [("9", "22", 3)]
    assert only(ask(seller, property_filters={"n": ["9", "2"]}, **feature))["total_usage"] == "11"


def test_commitment_counts_without_filters_and_shows_a_line_without_usage(seller: Seller) -> None:
    price = seller.price("Tokens")
    idle = seller.feature("Idle", "idle", {"type": "COUNT"})
    unused = seller.price("Idle")
    terms = {"commitment_type": "amount", "overage_factor": "2"}
    seller.subscribe(
        line_item_commitments={
            price["id"]: {**terms, "commitment_amount": "400"},
            unused["id"]: {**terms, "commitment_amount": "30", "enable_true_up": True},
        }
    )
    items = {item["name"]: item for item in ask(seller)["items"]}
    assert items["Tokens"]["total_cost"] == "500"
    assert items["Tokens"]["commitment_info"]["computed_overage_amount"] == "100"
    assert (items["Idle"]["total_cost"], items["Idle"]["event_count"], items["Idle"]["feature_id"]) == ("30", 0, idle["id"])
    assert only(ask(seller, sources=["api", "sdk"]))["total_cost"] == "450"


def test_windowed_commitment_fills_points_with_true_ups(seller: Seller) -> None:
    seller.feature("Peak", "gpu", {"type": "MAX", "field": "n", "bucket_size": "DAY"})
    price = seller.price("Peak")
    commitment = {
        "commitment_type": "amount",
        "commitment_amount": "10",
        "overage_factor": "2",
        "is_window_commitment": True,
        "enable_true_up": True,
    }
    seller.subscribe(start_date="2026-11-19T00:00:00Z", line_item_commitments={price["id"]: commitment})
    seller.send("gpu", "g", "2026-11-20T01:00:00Z", n=12)
    answer = ask(seller, feature_ids=[seller.features["Peak"]["id"]], window_size="DAY")
    points = only(answer)["points"]
    assert [(point["usage"], point["cost"], point["computed_true_up_amount"]) for point in points] == [
        ("0", "10", "10"),
        ("12", "14", "0"),
        ("0", "10", "10"),
    ]
    assert points[1]["computed_overage_amount"] == "4"
    assert answer["total_cost"] == "34"


def test_lasting_percentages_come_off_items_and_points(seller: Seller) -> None:
    seller.price("Tokens", "0.333")
    coupons = []
    for code, terms in {
        "half": {"type": "percentage", "percentage_off": "50", "cadence": "forever"},
        "once": {"type": "percentage", "percentage_off": "10", "cadence": "once"},
        "fixed": {"type": "fixed", "amount_off": "5", "currency": "usd", "cadence": "forever"},
    }.items():
        seller.api.post("/coupons", {"name": code, "coupon_code": code, **terms})
        coupons.append({"coupon_code": code, "start_date": seller.start})
    seller.subscribe(subscription_coupons=coupons)
    answer = ask(seller, window_size="DAY")
    item = only(answer)
    assert (item["subtotal"], item["total_discount"], item["total_cost"]) == ("149.85", "74.93", "74.92")
    assert (answer["subtotal"], answer["total_discount"]) == ("149.85", "74.93")
    assert [(point["subtotal"], point["discount"]) for point in item["points"]] == [("49.95", "24.98"), ("99.9", "49.95")]


def test_a_percentage_that_ended_comes_off_what_was_used_since_it_was_attached(seller: Seller) -> None:
    seller.price("Tokens", "1")
    seller.api.post("/coupons", {"name": "h", "coupon_code": "h", "type": "percentage", "percentage_off": "50", "cadence": "forever"})
    seller.subscribe(subscription_coupons=[{"coupon_code": "h", "start_date": seller.start, "end_date": "2026-11-14T00:00:00Z"}])
    assert only(ask(seller, start_time="2026-11-13T23:59:59Z"))["total_discount"] != "0"
    assert only(ask(seller, start_time="2026-11-14T00:00:00Z"))["total_discount"] == "0"


def test_without_a_subscription_there_is_no_cost_and_the_zone_counts(seller: Seller) -> None:
    seller.api.put(f"/customers/{seller.customer['id']}", {"timezone": "Asia/Kolkata"})
    seller.send("llm", "d", "2026-11-17T20:00:00Z", n=1)
    answer = ask(seller, window_size="DAY")
    assert (answer["currency"], answer["total_cost"]) == ("", "0")
    item = only(answer)
    assert "price_id" not in item
    assert "currency" not in item
    assert [point["timestamp"] for point in item["points"]] == [
        "2026-11-13T00:00:00+05:30",
        "2026-11-17T00:00:00+05:30",
        "2026-11-18T00:00:00+05:30",
    ]


def test_over_all_customers_and_of_nobody(seller: Seller) -> None:
    seller.feature("Peak", "gpu", {"type": "MAX", "field": "n", "bucket_size": "HOUR"})
    seller.send("llm", "z", "2026-11-17T20:00:00Z", customer="stranger", n=7)
    everyone = {item["name"]: item["total_usage"] for item in ask(seller, external_customer_id="")["items"]}
    assert everyone == {"Tokens": "457", "Peak": "0"}
    # A bucketed meter is shown even where there is nothing.
    assert {item["name"]: item["total_usage"] for item in ask(seller, external_customer_id="nobody")["items"]} == {"Peak": "0"}


def test_a_line_counts_from_its_start_and_up_to_cancellation(seller: Seller) -> None:
    seller.price("Tokens")
    subscription = seller.subscribe(start_date="2026-11-13T01:30:00Z")
    assert only(ask(seller))["total_usage"] == "350"
    seller.api.freeze("2026-11-20T00:00:00Z")
    seller.api.post(f"/subscriptions/{subscription['id']}/cancel", {"cancellation_type": "immediate"})
    seller.send("llm", "after", "2026-11-21T00:00:00Z", n=1000)
    assert only(ask(seller))["total_usage"] == "350"


def test_meter_of_no_line_is_left_out(seller: Seller) -> None:
    seller.feature("Idle", "idle", {"type": "COUNT"})
    seller.price("Idle")
    seller.subscribe()
    assert ask(seller) == {"subtotal": "0", "total_discount": "0", "total_cost": "0", "currency": "usd", "items": []}


def test_expanded_objects(seller: Seller) -> None:
    seller.price("Tokens")
    seller.subscribe()
    everything = ["price", "meter", "feature", "subscription_line_item", "plan", "source", "moon"]
    item = only(ask(seller, expand=everything, window_size="DAY"))
    assert item["price"]["id"] == item["price_id"]
    assert item["meter"]["environment_id"] == ""
    assert item["feature"]["id"] == item["feature_id"]
    assert item["subscription_line_item"]["id"] == item["sub_line_item_id"]
    assert item["plan"]["id"] == item["plan_id"]
    assert item["sources"] == ["api", "sdk"]


def test_an_add_on_s_line_is_expanded_with_its_add_on(seller: Seller) -> None:
    addon = seller.api.post("/addons", {"name": "Extra", "lookup_key": "extra"})["id"]
    seller.feature("Idle", "idle", {"type": "COUNT"})
    seller.price("Idle")
    seller.price("Tokens", entity_type="ADDON", entity_id=addon)
    seller.subscribe(addons=[{"addon_id": addon}])
    item = only(ask(seller, expand=["addon", "plan"]))
    assert (item["add_on_id"], item["addon"]["id"], item["addon"]["name"]) == (addon, addon, "Extra")
    assert "plan" not in item


def test_reporting_unit_divides(seller: Seller) -> None:
    seller.feature("Bytes", "io", {"type": "SUM", "field": "n"}, unit_singular="byte", unit_plural="bytes",
                   reporting_unit={"unit_singular": "kB", "unit_plural": "kBs", "conversion_rate": "1000"})  # fmt: skip
    for name in ("Bytes", "Tokens"):
        seller.price(name)
    seller.subscribe()
    seller.send("io", "i", "2026-11-14T00:00:00Z", n=1500)
    items = {item["name"]: item for item in ask(seller)["items"]}
    assert items["Bytes"]["total_usage_display"] == "1.5"
    assert items["Tokens"]["total_usage_display"] == ""


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"end_time": "2026-11-01T00:00:00Z"}, "Please check the request payload"),
        ({"group_by": "source"}, "Please check the request payload"),
        ({"group_by": ["properties."]}, "is not recognized"),
        ({"group_by": ["customer"]}, "is not recognized"),
    ],
)
def test_bad_requests(seller: Seller, wanted: dict[str, Any], message: str) -> None:
    assert message in seller.api.post("/events/analytics", {**RANGE, **wanted}, expect=400)["message"]


def test_detailed_reads_six_hours_of_one_customer_by_meter(seller: Seller) -> None:
    seller.price("Tokens")
    seller.subscribe()
    seller.send("llm", "now", "2026-11-22T05:00:00Z", n=9)
    meter_id = seller.features["Tokens"]["meter_id"]
    ask_detailed = {"external_customer_id": "c", "meter_ids": [meter_id]}
    assert only(seller.api.post("/meter-usage/detailed-analytics", ask_detailed))["total_usage"] == "9"
    assert seller.api.post("/meter-usage/detailed-analytics", {**ask_detailed, "meter_ids": ["meter_other"]})["items"] == []
    assert seller.api.post("/meter-usage/detailed-analytics", {}, expect=400)["message"] == "Check your request body"


def test_plain_total_and_usage_by_day_agree(seller: Seller) -> None:
    seller.price("Tokens")
    seller.subscribe()
    by_day = only(ask(seller, window_size="DAY"))
    assert by_day["total_usage"] == only(ask(seller))["total_usage"]
    assert sum(point["event_count"] for point in by_day["points"]) == by_day["event_count"] == 3


def test_a_repeated_id_is_one_event_and_two_amounts(seller: Seller) -> None:
    seller.price("Tokens")
    seller.subscribe()
    seller.send("llm", "a", "2026-11-14T01:00:00Z", n=1)
    assert (only(ask(seller))["total_usage"], only(ask(seller))["event_count"]) == ("451", 3)
    by_day = only(ask(seller, window_size="DAY"))
    assert (by_day["event_count"], len(by_day["points"])) == (3, 3)
