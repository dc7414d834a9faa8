"""Texts on their way to PostgreSQL, which has none with U+0000 in it: it is kept as U+FFFD."""

from typing import Any

from psycopg.types.string import StrDumperUnknown


class TextDumper(StrDumperUnknown):
    """For every text that is a parameter."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", "\ufffd"))


def take_any_text(connection: Any) -> None:
    """Have a driver's connection accept every text."""
    connection.adapters.register_dumper(str, TextDumper)
