"""Coupons: which apply, how much they take off, how an invoice-level discount spreads over lines (invoices.md §7)."""
