"""What providers send to POST /webhooks/{provider}/{tenant_id}/{environment_id} (webhooks.md §7).

Invariants: the same event twice changes nothing the second time; a payment that succeeded is not undone by a failure that arrives later.
"""
