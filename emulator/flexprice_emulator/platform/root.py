"""The root database from inside an environment's request."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from flexprice_emulator.workspace.context import Context


@contextmanager
def root_context(ctx: Context) -> Iterator[Context]:
    """The same request on the root database, in a transaction of its own.

    Only from an environment's transaction, never the other way round: that is the lock order. Ids are the root's: those of forks
    and of what was restored come again.
    """
    root = ctx.server.registry.root
    with root.transaction() as session:
        yield replace(ctx, session=session, ids=root.ids)
