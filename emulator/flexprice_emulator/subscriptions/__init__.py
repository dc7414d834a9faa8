"""Subscriptions: terms, line items, phases, add-ons, usage and entitlements (subscriptions.md).

Invariants: a line item freezes its price; a period is [current_period_start, current_period_end); a row's money columns
hold no more digits than the reference's (rating.md §0).
"""
