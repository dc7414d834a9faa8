"""What the year's company sells: four plans, three meters, coupons, a tax and an add-on."""

from typing import Any

from tests.conftest import Api

# Plan by key, in the order customers climb.
PLANS = ("starter", "pro", "scale", "metered")
COUPONS = ("TEN", "FIVE", "THRICE")
_LONG_AGO = "2020-01-01T00:00:00Z"
_AGGREGATIONS = {"calls": {"type": "SUM", "field": "n"}, "jobs": {"type": "COUNT"}, "storage": {"type": "MAX", "field": "n"}}
_EXPIRES = {"expiration_type": "DURATION", "expiration_duration": 45, "expiration_duration_unit": "DAY"}
_TIERS = [
    {"up_to": 100, "unit_amount": "0.1", "flat_amount": "0"},
    {"up_to": 1000, "unit_amount": "0.07", "flat_amount": "2"},
    {"up_to": None, "unit_amount": "0.045", "flat_amount": "0"},
]


class Catalog:
    """`plans`: id by key. `meters`: as the API shows them, by id. `addon_id`: a recurring add-on."""

    def __init__(self, api: Api) -> None:
        self._api = api
        features = {key: self._feature(key, aggregation) for key, aggregation in _AGGREGATIONS.items()}
        self.meters: dict[str, dict[str, Any]] = {
            feature["meter_id"]: api.get(f"/meters/{feature['meter_id']}") for feature in features.values()
        }
        calls, jobs, storage = (features[key]["meter_id"] for key in ("calls", "jobs", "storage"))
        self.plans = {key: str(api.post("/plans", {"name": key.title(), "lookup_key": key})["id"]) for key in PLANS}
        self._fixed("starter", "Base", "10")
        self._usage("starter", calls, amount="0.02")
        self._fixed("pro", "Base", "30")
        self._fixed("pro", "Support", "11", invoice_cadence="ARREAR")
        self._usage("pro", calls, billing_model="TIERED", tier_mode="SLAB", tiers=_TIERS)
        self._usage("pro", jobs, billing_model="PACKAGE", amount="1.5", transform_quantity={"divide_by": 10, "round": "up"})
        self._fixed("scale", "Base", "90", trial_period_days=14)
        self._usage("scale", calls, amount="0.0137")
        self._usage("scale", storage, amount="0.333")
        self._usage("metered", calls, amount="0.05")
        self._usage("metered", jobs, billing_model="TIERED", tier_mode="VOLUME", tiers=_TIERS)
        self._entitle("pro", features["calls"]["id"], 40)
        self._entitle("scale", features["calls"]["id"], 500)
        self._grant()
        self.addon_id = str(api.post("/addons", {"name": "Care", "lookup_key": "care"})["id"])
        self._price("ADDON", self.addon_id, type="FIXED", invoice_cadence="ADVANCE", amount="7", display_name="Care")
        for code, terms in zip(
            COUPONS,
            (
                {"type": "percentage", "percentage_off": "10", "cadence": "forever"},
                {"type": "fixed", "amount_off": "5", "currency": "usd", "cadence": "once"},
                {"type": "percentage", "percentage_off": "33.3", "cadence": "repeated", "duration_in_periods": 3},
            ),
            strict=True,
        ):
            api.post("/coupons", {"name": code, "coupon_code": code, **terms})
        api.post("/taxes/rates", {"name": "GST", "code": "gst", "tax_rate_type": "percentage", "percentage_value": "8.875"})

    def _feature(self, key: str, aggregation: dict[str, str]) -> dict[str, Any]:
        meter = {"name": key.title(), "event_name": key, "aggregation": aggregation, "reset_usage": "BILLING_PERIOD"}
        made: dict[str, Any] = self._api.post("/features", {"name": key.title(), "lookup_key": key, "type": "metered", "meter": meter})
        return made

    def _price(self, entity_type: str, entity_id: str, **fields: Any) -> None:
        common = {"currency": "usd", "billing_period": "MONTHLY", "billing_period_count": 1, "start_date": _LONG_AGO}
        body = {**common, "billing_model": "FLAT_FEE", "entity_type": entity_type, "entity_id": entity_id, **fields}
        self._api.post("/prices", body, expect=201)

    def _fixed(self, plan: str, name: str, amount: str, **fields: Any) -> None:
        terms = {"type": "FIXED", "invoice_cadence": "ADVANCE", "amount": amount, "display_name": name, **fields}
        self._price("PLAN", self.plans[plan], **terms)

    def _usage(self, plan: str, meter_id: str, **fields: Any) -> None:
        self._price("PLAN", self.plans[plan], type="USAGE", invoice_cadence="ARREAR", meter_id=meter_id, **fields)

    def _entitle(self, plan: str, feature_id: str, usage_limit: int) -> None:
        of = {"entity_type": "PLAN", "entity_id": self.plans[plan], "feature_id": feature_id, "feature_type": "metered"}
        self._api.post("/entitlements", {**of, "usage_limit": usage_limit, "usage_reset_period": "MONTHLY", "is_enabled": True})

    def _grant(self) -> None:
        of = {"name": "Monthly credits", "scope": "PLAN", "plan_id": self.plans["scale"], "credits": "4", "cadence": "RECURRING"}
        self._api.post("/creditgrants", {**of, "period": "MONTHLY", "period_count": 1, **_EXPIRES}, expect=201)
