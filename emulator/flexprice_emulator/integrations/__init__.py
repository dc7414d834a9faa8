"""Integrations: what providers may sync, which entity has which id there, and marketplace agreements.

Invariant: an entity has at most one published mapping a provider.
"""
