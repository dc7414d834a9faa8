"""Tax rates, and the customers, subscriptions, invoices and tenants they are linked to (invoices.md §8).

Invariants: a rate's code is unique among published rates; a linked rate can neither be changed nor archived.
"""
