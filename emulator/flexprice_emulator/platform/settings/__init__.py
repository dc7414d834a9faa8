"""Settings: one value per key, typed and with a default (wire.md §10, invoices.md §5.5).

`tenant_config` belongs to the tenant and lives in the root database; every other key belongs to an environment.
"""
