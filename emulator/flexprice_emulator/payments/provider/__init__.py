"""The provider's side of its stand-in: pages where people pay, cards it keeps, and the events it sends (invoices.md §9, webhooks.md §7)."""
