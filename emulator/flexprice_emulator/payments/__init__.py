"""Payments: taking them, allocating them to invoices, collecting by itself, and a stand-in for the payment provider (invoices.md §9).

Invariants, with property tests in tests/payments:
- an invoice's amount_paid is the sum of its SUCCEEDED payments, and amount_remaining = max(0, amount_due - amount_paid);
- a payment of a used idempotency key moves no money;
- a payment in a final status stays in it.
"""
