"""What the customer portal shows until `customer_portal_config` is set."""

from typing import Any


def _tab(identity: str, kind: str, order: int, **extra: Any) -> dict[str, Any]:
    return {"enabled": True, "id": identity, "order": order, "type": kind, **extra}


def _section(identity: str, order: int, *tabs: dict[str, Any]) -> dict[str, Any]:
    return {"enabled": True, "id": identity, "label": identity.capitalize(), "order": order, "tabs": list(tabs)}


def _graph(mode: str, *presets: str) -> dict[str, Any]:
    return {
        "allow_custom_date_range": True,
        "date_presets": list(presets),
        "default_preset": "last_7_days",
        "feature_filter_mode": mode,
    }


_CARDS = {"show_cost_metrics": False, "show_custom_metrics": True, "show_revenue_metric": True}

DEFAULT_PORTAL: dict[str, Any] = {
    "version": "1.0",
    "theme": {},
    "sections": [
        _section(
            "usage",
            1,
            _tab("1", "metric_cards", 1, metric_cards=_CARDS),
            _tab("2", "usage_graph", 2, usage_graph=_graph("inc", "today", "last_7_days", "last_30_days", "current_month", "last_month")),
            _tab("4", "current_usage", 3),
            _tab("3", "usage_breakdown", 4),
        ),
        _section("credits", 2, _tab("6", "wallet_balance", 1), _tab("7", "wallet_transactions", 2)),
        _section("invoices", 3, _tab("8", "invoices", 1)),
        _section(
            "overview",
            4,
            _tab("9", "wallet_balance", 1),
            _tab("10", "subscriptions", 2),
            _tab("11", "usage_graph", 3, usage_graph=_graph("all", "last_7_days", "last_30_days")),
        ),
    ],
}
