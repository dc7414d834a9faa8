"""Import and export tasks, and recurring exports.

Invariant: a task only moves along the arrows of `service.NEXT`.
"""
