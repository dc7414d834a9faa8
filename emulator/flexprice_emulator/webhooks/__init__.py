"""Webhooks that leave: which events there are, their bodies, endpoints, delivery with retries, and the log (webhooks.md).

An event is written with the change it tells of (`ctx.emit`), and with it one delivery for each endpoint that wants it, so
either both are kept or neither. Deliveries are due work: they follow the workspace's clock, also while it stands still.
"""
