"""Spend alerts: their settings, and what usage does to them when it is looked at (wallets.md §9).

The log of states and its search are beside the wallets, whose balances are the other source of alerts.
"""
