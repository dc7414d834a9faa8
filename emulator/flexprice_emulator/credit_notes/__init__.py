"""Credit notes: giving paid money back to a wallet, or lowering what is still due (invoices.md §10).

Invariants, with property tests in tests/credit_notes/test_credit_note_laws.py:
- an invoice's adjustment_amount is the sum of its finalized ADJUSTMENT notes, and its refunded_amount never exceeds amount_paid;
- a finalized REFUND note stands in a wallet's ledger once.
"""
