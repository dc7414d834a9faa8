"""Changes of a running subscription: lines, add-ons, quantities, trial, hierarchy, plan (subscriptions.md §11).

Invariants, with property tests in tests/subscriptions/modifications:
- a changed line is ended and followed by another: their windows meet, and no figure of the past changes;
- a preview and the change it previews settle the same amount, and a preview writes nothing;
- what is given back for a line never exceeds what was billed for it in the period;
- a settlement is one one-off invoice, or one wallet credit, or nothing.
"""
