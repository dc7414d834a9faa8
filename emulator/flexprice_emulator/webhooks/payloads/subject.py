"""Finding what an event is about."""

from collections.abc import Mapping
from typing import Any, TypeVar

from flexprice_emulator.workspace.context import Context

RowT = TypeVar("RowT")


class Gone(LookupError):
    """The entity that an event names is not there."""


def named(ctx: Context, table: type[RowT], subject: Mapping[str, Any], key: str) -> RowT:
    """The row whose id the subject holds under `key`. Raises Gone."""
    row = ctx.session.get(table, subject.get(key, ""))
    if row is None:
        raise Gone(f"{key} {subject.get(key, '')!r} was not found")
    return row
