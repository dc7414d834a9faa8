"""Minimum spend and its overage: line, windowed, subscription-level and cumulative (rating.md §5)."""
