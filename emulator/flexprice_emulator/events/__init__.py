"""Usage events: in, measured, stored, and read back (events.md).

Invariants: an accepted event is stored and visible to the next request; of copies with one identity the last one
counts at once; what billing reads is exact decimals, what reads raw events is Float64, as the reference has it.
"""
