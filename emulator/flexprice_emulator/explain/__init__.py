"""Where every figure of an invoice comes from, down to the events.

Invariant: what is shown is what the invoice was made of; `problems` recomputes it without the engine and is empty.
"""
