"""Customers, known to the application by external_id.

Invariant: among published customers an external_id is unique.
"""
