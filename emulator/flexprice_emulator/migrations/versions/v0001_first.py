"""The first tables, for both kinds of database, as their own SQL in v0001/.

A data folder from before revisions holds some of them already: it gets those that are missing, and the columns. Before this there is
nothing to go back to.
"""

from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_FOLDER: Final = Path(__file__).parent / "v0001"
# What a column that is added holds in rows that are there, by its type.
_BLANK: Final = {"TEXT": "''", "BIGINT": "0", "INTEGER": "0", "BOOLEAN": "0"}


def upgrade(kind: str) -> None:
    """Make what is missing of the root's or an environment's tables."""
    connection = op.get_bind()
    statements = (_FOLDER / f"{kind}.{connection.dialect.name}.sql").read_text().splitlines()
    if connection.dialect.name == "sqlite":
        _add_columns(connection, statements)
    for statement in statements:
        op.execute(sa.text(statement.replace(":", "\\:")))


def _add_columns(connection: sa.Connection, statements: list[str]) -> None:
    present = set(sa.inspect(connection).get_table_names())
    wanted = sa.create_engine("sqlite://")
    with wanted.begin() as model:
        for statement in statements:
            model.exec_driver_sql(statement)
        for table in sorted(present.intersection(sa.inspect(model).get_table_names())):
            held = {column["name"] for column in sa.inspect(connection).get_columns(table)}
            for column in sa.inspect(model).get_columns(table):
                if column["name"] not in held:
                    kind = str(column["type"])
                    blank = "" if column["nullable"] else f" NOT NULL DEFAULT {_BLANK[kind]}"
                    op.execute(sa.text(f'ALTER TABLE "{table}" ADD COLUMN "{column["name"]}" {kind}{blank}'))
    wanted.dispose()
