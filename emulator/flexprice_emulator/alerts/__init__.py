"""What usage does to alerts: spending against its settings, wallets, and quotas that are used up (wallets.md §9).

The log of states and its search are beside the wallets, whose own changes are the other source of alerts.
"""
