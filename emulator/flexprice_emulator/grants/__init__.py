"""Credit grants: credits that plans, add-ons and subscriptions give, once or again and again (wallets.md §10).

`grants` keeps them, `service` is what other domains tell of their subscriptions, `schedule` says when and until when,
`applications` brings each period's credits to the customer's wallet.

Invariants, with property tests in tests/grants/:
- the periods of a grant follow one another without gap or overlap, and none ends after the grant;
- an application credits a wallet at most once, and never with credits that have expired already.
"""
