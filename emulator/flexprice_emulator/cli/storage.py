"""Where `serve` keeps everything: memory, a folder, or PostgreSQL. What is wrong with it is said in one line, never with a password."""

from dataclasses import dataclass
from pathlib import Path

from flexprice_emulator.workspace.clock import ClockState
from flexprice_emulator.workspace.databases.protocol import Databases, NewerSchema
from flexprice_emulator.workspace.databases.sqlite import SqliteDatabases
from flexprice_emulator.workspace.registry import DataDirectoryLocked, Registry

_SQLITE = "sqlite:///"
_POSTGRESQL = ("postgresql+psycopg", "postgresql", "postgres")


class Unusable(Exception):
    """Why nothing can be kept there."""


@dataclass(frozen=True, slots=True)
class Storage:
    """A folder, a URL of PostgreSQL, or neither: memory."""

    folder: Path | None = None
    url: str | None = None

    def registry(self, clock: ClockState | None, seed: str | None) -> Registry:
        """Everything that is kept there. Raises Unusable."""
        try:
            return Registry(databases=self._databases(), clock=clock, seed=seed)
        except (DataDirectoryLocked, NewerSchema) as error:
            raise Unusable(str(error)) from None
        except OSError as error:
            raise Unusable(f"data directory {self.folder}: {error.strerror or error}") from None

    def __str__(self) -> str:
        if self.url:
            return f"in {_without_password(self.url)}"
        return f"in {self.folder}" if self.folder else "in memory"

    def _databases(self) -> Databases:
        if self.url is None:
            return SqliteDatabases(self.folder)
        from flexprice_emulator.workspace.databases.postgres import PostgresDatabases
        from flexprice_emulator.workspace.databases.postgres_url import DatabaseUnusable

        try:
            return PostgresDatabases(self.url)
        except DatabaseUnusable as error:
            raise Unusable(f"--database-url: {error}") from None


def chosen(data: Path | None, database_url: str | None, *, ephemeral: bool) -> Storage:
    """What the options say. Raises Unusable for more than one of them, and for a URL of another kind."""
    given = [name for name, value in (("--data", data), ("--ephemeral", ephemeral), ("--database-url", database_url)) if value]
    if len(given) > 1:
        raise Unusable(f"give one of {', '.join(given)}, not {len(given)}")
    if not database_url:
        return Storage(folder=data)
    if database_url.partition("://")[0] in _POSTGRESQL:
        return Storage(url=database_url)
    if database_url.startswith(_SQLITE) and len(database_url) > len(_SQLITE):
        return Storage(folder=Path(database_url.removeprefix(_SQLITE)))
    shown = _without_password(database_url)
    raise Unusable(f"--database-url {shown}: give sqlite:///FOLDER or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE")


def _without_password(url: str) -> str:
    """A URL as it may be shown; without what stands where a password would, even if it is no URL."""
    scheme, separator, rest = url.partition("://")
    credentials, at, place = rest.rpartition("@")
    return f"{scheme}{separator}{credentials.partition(':')[0]}{at}{place.partition('?')[0]}"
