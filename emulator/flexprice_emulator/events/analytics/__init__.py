"""Usage and cost by feature (events.md §10, rating.md §8): what is asked, the figures, their cost, how they are shown.

Invariants: no entitlement is taken off; a plain total is the billing read; points are priced alone and need not add up.
"""
