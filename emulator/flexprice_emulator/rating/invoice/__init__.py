"""The one assembly: a subscription, its lines and a source of usage to an invoice draft (rating.md §7, invoices.md §4)."""
