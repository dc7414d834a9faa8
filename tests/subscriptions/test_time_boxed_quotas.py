"""Entitlements with a grant: quotas of an hour, a day, a week or the period, on previews and invoices (rating.md §4.4)."""

from typing import Any

from tests.subscriptions.shop import Shop, lines, usage


class Quota:
    """A subscription to calls at 0.5 each, entitled by grants; the period is March, the clock stands at the 10th."""

    def __init__(self, shop: Shop, *grants: dict[str, Any], aggregation: dict[str, Any] | None = None, **price: Any) -> None:
        self.shop, self.api = shop, shop.api
        feature = shop.feature(aggregation=aggregation)
        self.customer, plan = shop.customer(), shop.plan("pro", usage(feature["meter_id"], **price))
        self.addons = [shop.addon(f"more{n}", usage(feature["meter_id"], "0")) for n in range(len(grants) - 1)]
        for grant, (kind, owner) in zip(grants, [("PLAN", plan), *(("ADDON", addon) for addon in self.addons)], strict=True):
            body = {"entity_type": kind, "entity_id": owner["id"], "feature_id": feature["id"], "feature_type": "metered", **grant}
            self.api.post("/entitlements", body)
        self.subscription = shop.subscribe(self.customer, plan, addons=[{"addon_id": addon["id"]} for addon in self.addons])

    def use(self, quantity: str, at: str) -> None:
        self.shop.use(self.customer, "calls", quantity, at)

    def billed(self, **range_: str) -> tuple[str, str]:
        """(quantity, amount) of the charged line of a preview."""
        line = self.line(self.shop.preview(self.subscription, **range_))
        return line["quantity"], line["amount"]

    @staticmethod
    def line(invoice: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = next(line for line in invoice["line_items"] if line["entity_type"] == "plan")
        return found


def grant(unit: str, quota: str, value: int | None = 1, measure: str = "quantity", **fields: Any) -> dict[str, Any]:
    made = {"grant_measure": measure, "grant_quota": quota, "grant_duration_unit": unit, "grant_duration_value": value, **fields}
    return {name: entry for name, entry in made.items() if entry is not None}


def test_a_daily_quota_opens_with_the_first_use_and_lasts_a_day(shop: Shop) -> None:
    made = Quota(shop, grant("day", "10"))
    made.use("8", "2026-03-02T05:00:00Z")
    made.use("8", "2026-03-03T04:00:00Z")
    made.use("10", "2026-03-03T06:00:00Z")
    # 16 of 10 within 24 hours of the first use, then 10 of 10.
    assert made.billed() == ("6", "3")


def test_a_unit_start_quota_stands_on_whole_days(shop: Shop) -> None:
    made = Quota(shop, grant("day", "10", grant_allocation_behavior="unit_start"))
    made.use("8", "2026-03-02T05:00:00Z")
    made.use("8", "2026-03-03T04:00:00Z")
    made.use("10", "2026-03-03T06:00:00Z")
    assert made.billed() == ("8", "4")


def test_a_period_quota_is_the_whole_period_s(shop: Shop) -> None:
    made = Quota(shop, grant("subscription_period", "20", None))
    made.use("8", "2026-03-02T05:00:00Z")
    made.use("15", "2026-03-09T04:00:00Z")
    assert made.billed() == ("3", "1.5")


def test_a_quota_of_money_bills_money(shop: Shop) -> None:
    made = Quota(shop, grant("week", "3", measure="amount"))
    made.use("20", "2026-03-02T05:00:00Z")
    assert made.billed() == ("0", "7")


def test_a_quota_takes_the_place_of_a_limit_where_it_can(shop: Shop) -> None:
    made = Quota(shop, grant("day", "10", usage_limit=100, usage_reset_period="MONTHLY"))
    made.use("15", "2026-03-02T05:00:00Z")
    assert made.billed() == ("5", "2.5")


def test_a_maximum_knows_limits_only(shop: Shop) -> None:
    made = Quota(shop, grant("day", "10", usage_limit=12, usage_reset_period="MONTHLY"), aggregation={"type": "MAX", "field": "n"})
    made.use("15", "2026-03-02T05:00:00Z")
    assert made.billed() == ("3", "1.5")


def test_a_part_of_the_period_sees_the_windows_of_the_whole(shop: Shop) -> None:
    made = Quota(shop, grant("day", "10"))
    made.use("10", "2026-03-02T05:00:00Z")
    made.use("4", "2026-03-03T04:00:00Z")
    # The window began on the 2nd and ends on the 3rd at 05:00; within the range it saw 4 of 10.
    assert made.billed(period_start="2026-03-03T00:00:00Z", period_end="2026-03-04T00:00:00Z") == ("0", "0")


def test_additive_quotas_add_up_and_parallel_ones_end_with_the_first(shop: Shop, api: Any, server: Any) -> None:
    together = Quota(shop, grant("day", "10"), grant("day", "5"))
    together.use("12", "2026-03-02T05:00:00Z")
    together.use("6", "2026-03-02T06:00:00Z")
    assert together.billed() == ("3", "1.5")

    other = Shop(type(api)(*server, api.headers["x-api-key"] + "b"))
    apart = Quota(other, grant("day", "10", aggregation_mode="parallel"), grant("week", "40", aggregation_mode="parallel"))
    apart.use("12", "2026-03-02T05:00:00Z")
    apart.use("6", "2026-03-02T06:00:00Z")
    apart.use("7", "2026-03-04T06:00:00Z")
    # The day's quota is used up by the first event; what follows on that day is beyond it.
    assert apart.billed() == ("6", "3")


def test_the_invoice_of_the_period_is_the_preview_and_is_explained(shop: Shop) -> None:
    made = Quota(shop, grant("day", "10"))
    made.use("16", "2026-03-02T05:00:00Z")
    announced = lines(shop.preview(made.subscription))
    shop.api.post(f"/subscriptions/temporal/{made.subscription['id']}/draft-and-compute", expect=202)
    [draft] = shop.invoices(made.subscription, invoice_status="DRAFT")
    assert lines(draft) == announced == [("Calls", "6", "3")]
    assert made.line(draft)["adjusted_entitlement_quantity"] == "10"
    explained = shop.api.send("GET", f"//_emulator/explain/invoice/{draft['id']}").json()
    assert explained["problems"] == []


def test_the_subscription_shows_its_quotas(shop: Shop) -> None:
    made = Quota(shop, grant("day", "10", 2), grant("week", "5", aggregation_mode="parallel"))
    [feature] = shop.api.get(f"/subscriptions/{made.subscription['id']}/entitlements")["features"]
    assert feature["entitlement"]["aggregation_mode"] == "parallel"
    shown = [{name: bucket[name] for name in bucket if name.startswith("grant")} for bucket in feature["entitlement"]["buckets"]]
    assert shown == [
        {"grant_measure": "quantity", "grant_quota": "10", "grant_duration_value": 2, "grant_duration_unit": "day"},
        {"grant_measure": "quantity", "grant_quota": "5", "grant_duration_value": 1, "grant_duration_unit": "week"},
    ]
