"""What the year's company sells: plans by the month, the week and the year, three meters, coupons, taxes and add-ons."""

from typing import Any

from tests.conftest import Api

# Plans by their billing period, in the order customers climb.
PLANS = {"MONTHLY": ("starter", "pro", "scale", "metered"), "WEEKLY": ("sprint", "dash"), "ANNUAL": ("yearly",)}
TAXES = ("gst", "fee")
_COUPONS = {
    "TEN": {"type": "percentage", "percentage_off": "10", "cadence": "forever"},
    "FIVE": {"type": "fixed", "amount_off": "5", "currency": "usd", "cadence": "once"},
    "THRICE": {"type": "percentage", "percentage_off": "33.3", "cadence": "repeated", "duration_in_periods": 3},
    "HALF": {"type": "percentage", "percentage_off": "50", "cadence": "once"},
    "TWO": {"type": "fixed", "amount_off": "2", "currency": "usd", "cadence": "forever"},
}
COUPONS = tuple(_COUPONS)
_LONG_AGO = "2020-01-01T00:00:00Z"
_AGGREGATIONS = {"calls": {"type": "SUM", "field": "n"}, "jobs": {"type": "COUNT"}, "storage": {"type": "MAX", "field": "n"}}
_EXPIRES = {"expiration_type": "DURATION", "expiration_duration": 45, "expiration_duration_unit": "DAY"}
_TIERS = [
    {"up_to": 100, "unit_amount": "0.1", "flat_amount": "0"},
    {"up_to": 1000, "unit_amount": "0.07", "flat_amount": "2"},
    {"up_to": None, "unit_amount": "0.045", "flat_amount": "0"},
]


class Catalog:
    """`plans`: id by key. `base_prices`: the id of a plan's fixed price by key. `meters`, `rates`: as the API shows them, by id.
    `addons`: one of a fixed price, one of usage."""

    def __init__(self, api: Api) -> None:
        self._api = api
        features = {key: self._feature(key, aggregation) for key, aggregation in _AGGREGATIONS.items()}
        self.meters: dict[str, dict[str, Any]] = {
            feature["meter_id"]: api.get(f"/meters/{feature['meter_id']}") for feature in features.values()
        }
        calls, jobs, storage = (features[key]["meter_id"] for key in ("calls", "jobs", "storage"))
        keys = [key for some in PLANS.values() for key in some]
        self.plans = {key: str(api.post("/plans", {"name": key.title(), "lookup_key": key})["id"]) for key in keys}
        self.base_prices: dict[str, str] = {}
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
        self._fixed("sprint", "Base", "4", invoice_cadence="ARREAR", billing_period="WEEKLY")
        self._usage("sprint", calls, amount="0.03", billing_period="WEEKLY")
        self._fixed("dash", "Base", "9", billing_period="WEEKLY")
        self._usage("dash", jobs, amount="0.4", billing_period="WEEKLY")
        self._fixed("yearly", "Base", "240", billing_period="ANNUAL")
        self._fixed("yearly", "Review", "15", invoice_cadence="ARREAR", billing_period="ANNUAL")
        self._usage("yearly", calls, amount="0.011", billing_period="ANNUAL")
        self._entitle("pro", features["calls"]["id"], 40)
        self._entitle("scale", features["calls"]["id"], 500)
        self._grant()
        self.addons = [str(api.post("/addons", {"name": name, "lookup_key": name.lower()})["id"]) for name in ("Care", "Vault")]
        self._price("ADDON", self.addons[0], type="FIXED", invoice_cadence="ADVANCE", amount="7", display_name="Care")
        self._price("ADDON", self.addons[1], type="USAGE", invoice_cadence="ARREAR", amount="0.05", meter_id=storage)
        for code, terms in _COUPONS.items():
            api.post("/coupons", {"name": code, "coupon_code": code, **terms})
        for code, value in zip(TAXES, ({"percentage_value": "8.875"}, {"fixed_value": "1.5"}), strict=True):
            kind = "percentage" if "percentage_value" in value else "fixed"
            api.post("/taxes/rates", {"name": code.upper(), "code": code, "tax_rate_type": kind, **value})
        self.rates: dict[str, dict[str, Any]] = {rate["id"]: rate for rate in api.get("/taxes/rates")["items"]}

    def _feature(self, key: str, aggregation: dict[str, str]) -> dict[str, Any]:
        meter = {"name": key.title(), "event_name": key, "aggregation": aggregation, "reset_usage": "BILLING_PERIOD"}
        made: dict[str, Any] = self._api.post("/features", {"name": key.title(), "lookup_key": key, "type": "metered", "meter": meter})
        return made

    def _price(self, entity_type: str, entity_id: str, **fields: Any) -> str:
        common = {"currency": "usd", "billing_period": "MONTHLY", "billing_period_count": 1, "start_date": _LONG_AGO}
        body = {**common, "billing_model": "FLAT_FEE", "entity_type": entity_type, "entity_id": entity_id, **fields}
        return str(self._api.post("/prices", body, expect=201)["id"])

    def _fixed(self, plan: str, name: str, amount: str, **fields: Any) -> None:
        terms = {"type": "FIXED", "invoice_cadence": "ADVANCE", "amount": amount, "display_name": name, **fields}
        self.base_prices[plan] = self._price("PLAN", self.plans[plan], **terms)

    def _usage(self, plan: str, meter_id: str, **fields: Any) -> None:
        self._price("PLAN", self.plans[plan], type="USAGE", invoice_cadence="ARREAR", meter_id=meter_id, **fields)

    def _entitle(self, plan: str, feature_id: str, usage_limit: int) -> None:
        of = {"entity_type": "PLAN", "entity_id": self.plans[plan], "feature_id": feature_id, "feature_type": "metered"}
        self._api.post("/entitlements", {**of, "usage_limit": usage_limit, "usage_reset_period": "MONTHLY", "is_enabled": True})

    def _grant(self) -> None:
        of = {"name": "Monthly credits", "scope": "PLAN", "plan_id": self.plans["scale"], "credits": "4", "cadence": "RECURRING"}
        self._api.post("/creditgrants", {**of, "period": "MONTHLY", "period_count": 1, **_EXPIRES}, expect=201)
