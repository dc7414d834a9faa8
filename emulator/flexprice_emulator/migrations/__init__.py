"""Which schema a database has, and how an older one becomes the present one (Alembic's revisions, in `versions`).

A fresh database is made of today's tables and stamped, without Alembic: importing it takes longer than the server's whole start.
"""

from typing import Final, Literal

from sqlalchemy import Connection, text
from sqlalchemy.engine import Engine

# The root database's tables, or those of an environment.
Kind = Literal["root", "environment"]

# The last revision in `versions`.
HEAD: Final = "0001"
VERSION_TABLE: Final = "alembic_version"


def stamp_statements() -> tuple[str, str]:
    """SQL that marks a database's tables as those of HEAD."""
    return (
        f"CREATE TABLE {VERSION_TABLE} (version_num VARCHAR(32) NOT NULL, CONSTRAINT {VERSION_TABLE}_pkc PRIMARY KEY (version_num))",
        f"INSERT INTO {VERSION_TABLE} VALUES ('{HEAD}')",  # noqa: S608
    )


def stamp(connection: Connection) -> None:
    """Mark a fresh database's tables as those of HEAD."""
    for statement in stamp_statements():
        connection.execute(text(statement))


def is_today(engine: Engine) -> bool:
    """Whether a database's tables are those of HEAD."""
    with engine.begin() as connection:
        return _revision(connection) == HEAD


def bring_up_to_date(engine: Engine, kind: Kind, label: str) -> bool:
    """Make an older database's tables those of HEAD, in one transaction; whether anything was to do. `label` is what logs call it.

    Raises NewerSchema.
    """
    with engine.begin() as connection:
        found = _revision(connection)
        if found == HEAD:
            return False
        from flexprice_emulator.migrations.upgrade import upgrade

        upgrade(connection, kind, found, label)
    return True


def _revision(connection: Connection) -> str | None:
    """None for tables that were made before revisions were."""
    if connection.dialect.name == "sqlite":
        exists = f"SELECT name FROM sqlite_master WHERE name = '{VERSION_TABLE}'"  # noqa: S608
    else:
        exists = f"SELECT to_regclass('{VERSION_TABLE}')"
    if connection.execute(text(exists)).scalar() is None:
        return None
    found: str | None = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608
    return found
