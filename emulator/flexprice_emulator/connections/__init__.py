"""Connections to payment, accounting and storage providers.

Invariants: one published connection a provider; credentials are checked and then forgotten, so that none can leak.
"""
