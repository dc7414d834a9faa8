"""Events to quantities: filters, per-event quantity, identity, windows, aggregation (rating.md §1, events.md)."""
