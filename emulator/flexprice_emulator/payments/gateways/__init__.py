"""How each payment provider speaks: its event bodies, and the proof it sends with them (webhooks.md §7). One provider a file."""
