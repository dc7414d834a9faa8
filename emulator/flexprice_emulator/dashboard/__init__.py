"""Revenue dashboards.

Invariant: a currency's summary is the sum of its items.
"""
