"""Paying first: what is bought waits for a payment at a provider's page (subscriptions.md §3.9, §11.3, §11.5; wallets.md §5.6).

Invariants: what waits is carried out once, and only after its payment; a session that ends otherwise leaves nothing behind but itself.
"""
