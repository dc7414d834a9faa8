"""What is sold: features and their meters, prices and price units, plans, add-ons, groups.

Invariants: among published rows a lookup_key is unique per kind (prices: among those without an end); nothing is
removed; a price's money terms never change, a change of them ends the price and opens its successor.
"""
