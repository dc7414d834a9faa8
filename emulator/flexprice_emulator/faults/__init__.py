"""Faults on purpose: what goes wrong between a client and the service, by rules, and the same way each time.

`edge.faults` is empty until a rule is set, and that it is empty is all that an undisturbed request ever asks.
"""
