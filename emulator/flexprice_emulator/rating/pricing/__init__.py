"""A quantity to its cost: flat, package and tiered prices, buckets, custom price units (rating.md §2)."""
