"""Runs Alembic's revisions over one connection. Imported only where there is something to do."""

import logging
import threading
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from flexprice_emulator.migrations import HEAD, VERSION_TABLE, Kind
from flexprice_emulator.workspace.databases.protocol import NewerSchema

log = logging.getLogger("flexprice_emulator")

# Alembic's `op` is one for the whole process.
_lock = threading.Lock()


def script_directory() -> ScriptDirectory:
    """The revisions of this package."""
    return ScriptDirectory(str(Path(__file__).parent))


def upgrade(connection: Connection, kind: Kind, found: str | None, label: str) -> None:
    """From a revision to HEAD, in the connection's transaction. Raises NewerSchema for one that is not known."""
    script = script_directory()
    if found is not None and found not in {revision.revision for revision in script.walk_revisions()}:
        raise NewerSchema(f"{label} was written by a later version: its schema is {found}, this version knows those up to {HEAD}")

    def steps(revision: Any, _: Any) -> Any:
        return script._upgrade_revs("head", revision)

    with _lock, EnvironmentContext(Config(), script, fn=steps) as environment:
        environment.configure(connection=connection, version_table=VERSION_TABLE, render_as_batch=connection.dialect.name == "sqlite")
        environment.run_migrations(kind=kind)
    log.warning("upgraded %s from schema %s to %s", label, found or "0000", HEAD)
