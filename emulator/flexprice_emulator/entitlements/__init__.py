"""What a plan, an add-on or a subscription gives of a feature.

Invariant: a plan or add-on holds at most one published entitlement of a feature.
"""
