"""Hosted-payment sessions.

No payment page is reached from here, so a request that would open one is refused as without a payment connection,
after every other check; there are never sessions to read.
"""
