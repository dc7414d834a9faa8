"""What a customer may use without paying: limits, their aggregation, proration and grants (rating.md §4)."""
