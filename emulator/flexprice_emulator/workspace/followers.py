"""Who follows the events of a workspace, in the transaction of the change that caused them.

A follower is a module with a function `follow(ctx, event)`. It stands on the domains, which stand on this: so all are imported by
name, with the first event.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

from flexprice_emulator.workspace.storage import OutboxRow

if TYPE_CHECKING:
    from flexprice_emulator.workspace.context import Context

Follower = Callable[["Context", OutboxRow], None]

# In the order in which they are told.
FOLLOWERS: Final = ("integrations.sync", "webhooks.outbox")


def tell(ctx: Context, event: OutboxRow) -> None:
    """Every follower learns of an event."""
    for follow in _followers():
        follow(ctx, event)


@cache
def _followers() -> tuple[Follower, ...]:
    return tuple(import_module(f"flexprice_emulator.{name}").follow for name in FOLLOWERS)
