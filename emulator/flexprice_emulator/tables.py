"""Every domain's tables. A domain with storage is listed here, so that new databases hold all of them."""

from importlib import import_module

DOMAINS_WITH_TABLES = (
    "platform",
    "customers",
    "subscriptions",
    "invoices",
    "catalog",
    "entitlements",
    "discounts",
    "taxes",
    "wallets",
    "grants",
    "alerts",
    "payments",
    "checkout",
    "credit_notes",
    "events",
    "webhooks",
    "connections",
    "integrations",
    "tasks",
    "workflows",
)


def load_tables() -> None:
    """Import the table modules, which registers them."""
    for domain in DOMAINS_WITH_TABLES:
        import_module(f"flexprice_emulator.{domain}.tables")
    import_module("flexprice_emulator.workspace.due_rows")
