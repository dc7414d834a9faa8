"""`postgresql+psycopg://user:password@host/database?schema=NAME`, and what is wrong with it. Nothing here repeats a password."""

import re
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

DEFAULT_SCHEMA: Final = "flexprice"
CONNECT_SECONDS: Final = 10
_SCHEMES: Final = ("postgresql+psycopg", "postgresql", "postgres")
_FIXED: Final[dict[str, Any]] = {"autocommit": True, "client_encoding": "utf8"}
# What the names of environments are appended to; PostgreSQL cuts names after 63 bytes.
_SCHEMA: Final = re.compile(r"[a-z_][a-z0-9_]{0,23}\Z")


class DatabaseUnusable(Exception):
    """Why the database of a URL cannot be used, in one line."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect, and what all schemas' names begin with."""

    url: URL
    schema: str

    def shown(self) -> str:
        """The URL without its password."""
        return self.url.render_as_string(hide_password=True)

    def connect_arguments(self) -> dict[str, Any]:
        """Keyword arguments of psycopg.connect."""
        from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

        _, arguments = PGDialect_psycopg().create_connect_args(self.url)  # type: ignore[no-untyped-call]
        return {"connect_timeout": CONNECT_SECONDS, "application_name": "flexprice-emulator", **arguments, **_FIXED}


def is_postgresql(text: str) -> bool:
    """Whether a database URL is one of PostgreSQL."""
    return text.partition("://")[0] in _SCHEMES


def parse(text: str) -> Target:
    """The target that a URL names. Raises DatabaseUnusable."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise DatabaseUnusable("it is not a URL; give postgresql+psycopg://USER:PASSWORD@HOST:PORT/DATABASE") from None
    schema = url.query.get("schema", DEFAULT_SCHEMA)
    if not isinstance(schema, str) or not _SCHEMA.match(schema):
        raise DatabaseUnusable("`schema` is one name of at most 24 small letters, digits and underscores")
    return Target(url.set(drivername="postgresql+psycopg").difference_update_query(["schema"]), schema)


def connect(target: Target) -> Any:
    """A connection of the driver's own, which commits each statement. Raises DatabaseUnusable."""
    try:
        import psycopg
    except ImportError:
        raise DatabaseUnusable("PostgreSQL's driver is not installed; install flexprice-emulator[postgres]") from None
    try:
        return psycopg.connect(**target.connect_arguments())
    except psycopg.Error as error:
        raise DatabaseUnusable(f"{target.shown()}: {one_line(error)}") from None


def one_line(error: Exception) -> str:
    """A driver's message."""
    return " ".join(str(error).split()) or type(error).__name__
