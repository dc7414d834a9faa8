"""What the server needs of a database, whichever kind it is. Workspace, Registry and all copies use nothing else.

1.  A Databases is one server of databases. `root` holds tenants, users, environments and keys; `template` is what new ones are copied from.
2.  An environment has one Database, named by its id, and any number of saved copies of it, named by (environment id, name).
3.  `create`, `save` and `replace` are all or nothing: killed at any point they leave what was before or all that is after.
4.  `prepare` is called with a connection to the copy, in its transaction, before anybody can see the copy.
5.  The caller holds the Workspace's lock of each environment it names or copies from, with no transaction open there.
    A Database may be copied by several threads at once all the same (the template is).
6.  `engine` begins a transaction that excludes every other writer of that database, also one of another process.
    One engine object serves a Database for all its life: caches are keyed by it, and `replace` does not change it.
7.  `open` and `open_saved` answer the schema of today, whichever version wrote the database; what is newer raises NewerSchema.
8.  Stored values are the same everywhere (storage.py): integers, texts, bytes, booleans. The portable form (archive.py)
    is read and written through `engine`, and numbers that a database hands out by itself go on after the highest row.
9.  `drop` takes the saved copies along and is no error where nothing is. A scratch database has no name and is gone when closed.
10. Creating a Databases keeps others out (DataDirectoryLocked) until it is closed, or is one of many processes that share the data:
    then `news`, turns and `founding` keep them apart.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Literal, Protocol

from sqlalchemy import Connection
from sqlalchemy.engine import Engine

Prepare = Callable[[Connection], object]
# Some rows were written, or all content was replaced.
News = Literal["written", "replaced"]


class DataDirectoryLocked(Exception):
    """Another process works with the data."""


class NewerSchema(Exception):
    """The database was written by a later version."""


class DatabaseGone(LookupError):
    """Another process has dropped the database; raised where a transaction begins."""


def is_too_long(error: Exception) -> bool:
    """Whether a database refused a text that is longer than it can index (PostgreSQL: 2.7 KB)."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) == "54000"


class Database(Protocol):
    """One open database: a root, an environment's, a saved copy, or a scratch one."""

    @property
    def shared(self) -> bool:
        """Whether other processes may write to it. Where not, there is no news, and a turn is always free."""

    @property
    def engine(self) -> Engine:
        """Sessions work on it; their transactions come one after the other."""

    @property
    def connection(self) -> Any:
        """The driver's own connection, for what one kind of database can do and others cannot."""

    def replace(self, source: "Database") -> None:
        """All content by that of another database of the same Databases, in one step."""

    def news(self) -> News | None:
        """What another process has done since the last time this was asked; inside a transaction, so that it is the last news."""

    def is_behind(self) -> bool:
        """Whether another process has written since the last transaction here; asked without one."""

    def take_turn(self, *, wait: bool) -> bool:
        """Hold the right to perform its due work, until `end_turn` or the end of the process; False while another process does.

        With `wait` it is False only after a while, in which others that ask have come after.
        """

    def end_turn(self) -> None: ...

    def close(self) -> None:
        """No error when it is closed."""


class Databases(Protocol):
    """All databases of a server."""

    @property
    def root(self) -> Database: ...

    @property
    def template(self) -> Database: ...

    def exists(self, environment_id: str) -> bool:
        """Whether the environment has a database."""

    def open(self, environment_id: str) -> Database:
        """The environment's database. Raises LookupError, NewerSchema."""

    def create(self, environment_id: str, source: Database, prepare: Prepare | None = None) -> Database:
        """An environment's database, as a copy. What a killed process left under the id is replaced."""

    def drop(self, environment_id: str) -> None:
        """The environment's database (closed before) and its saved copies."""

    def scratch(self, source: Database, prepare: Prepare | None = None) -> Database:
        """A copy to work on."""

    def save(self, environment_id: str, name: str, source: Database, prepare: Prepare | None = None) -> None:
        """Keep a copy under a name, in place of one that has it."""

    def saved(self, environment_id: str) -> list[str]:
        """Names of saved copies, sorted."""

    def open_saved(self, environment_id: str, name: str) -> Database:
        """A saved copy, to read and to copy from; close it. Raises LookupError, NewerSchema."""

    def drop_saved(self, environment_id: str, name: str) -> None:
        """Forget a saved copy. Raises LookupError."""

    def founding(self) -> AbstractContextManager[None]:
        """Keep other processes from creating and dropping environments. Taken before a root transaction, never inside one."""

    def touched(self) -> list[str]:
        """Environments that any process has written to since the last call; those with a database, for the first one."""

    def close(self) -> None:
        """The end; environments' databases were closed before."""
