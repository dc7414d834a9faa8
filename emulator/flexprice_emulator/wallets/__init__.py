"""Wallets: prepaid and postpaid credits, their ledger, top-ups, balances and auto top-up (wallets.md).

Invariants, with property tests in tests/wallets/test_ledger_laws.py:
- the ledger sums up: credits in less credits out of a wallet's completed rows is its credit_balance;
- while credit_balance is not negative, the available parts of its completed credits add up to it;
- every completed row's after is the next one's before.
"""
