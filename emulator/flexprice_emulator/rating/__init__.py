"""The pure core: usage to quantity, quantity to money, money to an invoice draft.

No I/O, no clock, no float in money, no ORM, no web framework. Times, ids and usage come in as
arguments; every result carries its derivation.
"""
