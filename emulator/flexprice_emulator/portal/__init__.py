"""The customer portal: sessions, and what they may read.

Invariant: a session sees objects of its own customer only; those of another answer 404. Sessions carry no roles, so they change nothing.
"""
