"""A subscription through time: roll-over, end of trial, cancellation, thresholds (subscriptions.md §§4-8, 10).

Whoever changes a subscription's status, period or end calls `planning.follow`: it moves the due work that stands for what happens next.

Invariants, with property tests in tests/subscriptions/lifecycle/test_lifecycle_laws.py:
- periods follow one another without a gap, and each completed one is billed at most once;
- nothing happens at the instant a period ends, only after it;
- how far a clock moves at a time does not change what is billed;
- a cancelled subscription waits for nothing, and is billed for nothing that lies after its end.
"""
