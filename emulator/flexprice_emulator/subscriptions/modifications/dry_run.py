"""Doing a change to see what comes of it, without keeping any of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from flexprice_emulator.workspace.context import Context


@contextmanager
def dry_run(ctx: Context) -> Iterator[None]:
    """What is written inside is taken back: rows, ids, events and what was derived from them."""
    ctx.session.flush()
    issued = ctx.workspace.ids.state
    savepoint = ctx.session.begin_nested()
    try:
        yield
    finally:
        if savepoint.is_active:
            savepoint.rollback()
        ctx.workspace.caches.clear()
        ctx.workspace.ids.restore(issued)
