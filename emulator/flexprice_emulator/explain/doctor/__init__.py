"""What became of an event: which meters took it, which lines it counts for, which invoice holds it, or why none does.

Invariant: every stored event gets a verdict; each verdict is one of `verdicts.RANKS`, and a sentence goes with it.
"""
