"""Vector kinds of entitlements."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flexprice_emulator.rating.entitlement.aggregate import aggregate_entitlements
from flexprice_emulator.rating.entitlement.model import AggregatedEntitlement, Entitlement
from tests.vectors.kinds.reading import figures


def aggregated_of(specs: Sequence[Mapping[str, Any]], meter_id: str = "meter") -> AggregatedEntitlement | None:
    """Entitlements of one feature ({limit, reset, soft}) to the one that counts."""
    sources = [
        Entitlement(
            id=f"ent{index}",
            feature_id="feature",
            meter_id=meter_id,
            usage_limit=spec["limit"],
            usage_reset_period=spec.get("reset", ""),
            is_soft_limit=spec.get("soft", False),
            is_enabled=spec.get("enabled", True),
        )
        for index, spec in enumerate(specs)
    ]
    return aggregate_entitlements(sources).get("feature")


def run_aggregate(case: Mapping[str, Any]) -> None:
    """Several entitlements to one."""
    found = aggregated_of(case["input"]["entitlements"])
    assert found is not None
    figures(case["expected"], {"limit": found.usage_limit, "reset": found.usage_reset_period, "soft": found.is_soft_limit})


KINDS: dict[str, Callable[[Mapping[str, Any]], None]] = {"entitlement_aggregate": run_aggregate}
