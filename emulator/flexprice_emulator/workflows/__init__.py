"""Runs of background jobs that left a record.

Invariant: work is done when its request is answered, so a run is complete as soon as it is seen.
"""
