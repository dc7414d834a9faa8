"""`serve --database-url`: what keeps it from starting is one line without a password."""

import gc
import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import psycopg
import pytest

from flexprice_emulator.cli.serve import ServeOptions, StartFailure, run
from tests.http_server import KEY, running
from tests.postgres_server import Server

SECRET = "sesame-9"


def refused(url: str) -> str:
    """What a start that fails says."""
    with pytest.raises(StartFailure) as failure:
        run(ServeOptions(port=0, database_url=url))
    said = str(failure.value)
    gc.collect()  # a connection that is left open warns here
    assert SECRET not in said
    assert "\n" not in said
    return said


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"postgresql+psycopg://user:{SECRET}@127.0.0.1:1/db", "--database-url: postgresql+psycopg://user:***@127.0.0.1:1/db: connection"),
        (f"postgres://user:{SECRET}@localhost:port/db", "--database-url: it is not a URL; give postgresql+psycopg://USER"),
        (f"postgresql://user:{SECRET}@localhost/db?schema=A-B", "--database-url: `schema` is one name"),
        (f"mysql://user:{SECRET}@localhost/db", "--database-url mysql://user@localhost/db: give sqlite:///FOLDER or postgresql+psycopg://"),
    ],
)
def test_a_url_that_cannot_be_used(url: str, said: str) -> None:
    assert refused(url).startswith(said)


def test_a_driver_that_is_missing_is_one_line_and_exit_1(tmp_path: Path) -> None:
    (tmp_path / "psycopg.py").write_text("raise ImportError('not there')\n")
    command = [
        sys.executable,
        "-m",
        "flexprice_emulator.cli.main",
        "serve",
        "--port",
        "0",
        "--database-url",
        f"postgresql://u:{SECRET}@localhost/db",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert (done.returncode, done.stdout) == (1, "")
    said = "flexprice-emulator: --database-url: PostgreSQL's driver is not installed; install flexprice-emulator[postgres]\n"
    assert done.stderr == said


def test_a_database_that_is_not_there_and_one_that_may_not_be_written(postgresql: Server) -> None:
    elsewhere = postgresql.url().replace("/postgres?", "/nowhere?")
    assert 'database "nowhere" does not exist' in refused(elsewhere)
    with psycopg.connect(postgresql.dsn, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE reader LOGIN PASSWORD '{SECRET}'")
    reader = postgresql.fresh_url().replace("flexprice@", f"reader:{SECRET}@")
    assert "permission denied for database postgres" in refused(reader)


def test_a_schema_of_a_later_version(url: str, postgresql: Server) -> None:
    with running("--database-url", url):
        pass
    schema = url.rpartition("schema=")[2]
    with psycopg.connect(postgresql.dsn, autocommit=True) as connection:
        connection.execute(f"UPDATE {schema}_root.alembic_version SET version_num = '9999'")
    assert refused(url).startswith(f"{schema}_root was written by a later version: its schema is 9999")


def test_everything_is_there_after_a_restart(url: str) -> None:
    def call(base: str, body: object = None) -> object:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{base}/v1/customers", data, {"x-api-key": KEY, "content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    with running("--database-url", url, "--rules", "pricing_rules/packs/ai-media.yaml") as base:
        call(base, {"external_id": "acme", "name": "Acme"})
        before = call(base)
    with running("--database-url", url, "--rules", "pricing_rules/packs/ai-media.yaml") as base:
        assert call(base) == before
