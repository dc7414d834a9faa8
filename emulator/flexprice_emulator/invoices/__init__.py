"""Invoices: previews, the stored life cycle from draft to void, and summaries (invoices.md).

Invariants: total = max(0, subtotal - discount - prepaid credits) + tax; amount_remaining = max(0, amount_due - amount_paid);
a number is given once, at finalization, and kept when the invoice is voided.
"""
