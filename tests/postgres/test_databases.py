"""What PostgreSQL adds to the protocol of databases: news, turns, a stock of empty schemas, lost connections."""

import threading
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import text

from flexprice_emulator.workspace import due
from flexprice_emulator.workspace.databases.postgres import STOCK, PostgresDatabases
from flexprice_emulator.workspace.databases.protocol import DatabaseGone
from flexprice_emulator.workspace.due_state import TurnTaken
from flexprice_emulator.workspace.registry import Registry, environment_of_key
from flexprice_emulator.workspace.workspace import WorkspaceGone
from tests.postgres.conftest import FROZEN, START
from tests.postgres_server import Server
from tests.workspace.due_world import schedule
from tests.workspace.test_copies import add, names

Process = Callable[..., Registry]


def catalog(postgresql: Server, url: str, what: str) -> list[str]:
    """Schemas of a kind."""
    name = url.rpartition("schema=")[2]
    with psycopg.connect(postgresql.dsn) as connection:
        return [row[0] for row in connection.execute(f"SELECT schema FROM {name}.databases WHERE kind = %s ORDER BY schema", (what,))]


def schemas(postgresql: Server, url: str) -> set[str]:
    """All schemas there are, but for the catalogue's own."""
    name = url.rpartition("schema=")[2]
    with psycopg.connect(postgresql.dsn) as connection:
        found = connection.execute("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s)", (f"{name}_",))
        return {row[0] for row in found}


def test_what_another_process_wrote_is_news_once(process: Process) -> None:
    one, two = (process(clock=FROZEN).for_key("sk_ws_a") for _ in range(2))
    add(one, "a")
    one.caches["kept"] = two.caches["kept"] = 1
    with one.transaction():
        assert one.caches == {"kept": 1}
    with two.transaction():
        assert two.caches == {}
        two.caches["kept"] = 2
    with two.transaction():
        assert two.caches == {"kept": 2}


def test_reading_is_no_news(process: Process) -> None:
    one, two = (process(clock=FROZEN).for_key("sk_ws_a") for _ in range(2))
    two.refresh()
    two.caches["kept"] = 1
    assert names(one) == []
    assert not two.database.is_behind()
    two.refresh()
    assert two.caches == {"kept": 1}
    add(one, "a")
    assert two.database.is_behind()


def test_transactions_of_one_workspace_exclude_each_other_and_those_of_others_do_not(process: Process) -> None:
    first, second = process(clock=FROZEN), process(clock=FROZEN)
    one, two, other = first.for_key("sk_ws_a"), second.for_key("sk_ws_a"), second.for_key("sk_ws_b")
    done = threading.Event()

    def write() -> None:
        add(two, "second")
        done.set()

    thread = threading.Thread(target=write)
    with one.transaction() as session:
        session.execute(text("SELECT 1"))
        thread.start()
        add(other, "meanwhile")
        assert not done.wait(0.2)
    thread.join(10)
    assert done.is_set()
    assert names(one) == ["second"]


def test_one_process_at_a_time_has_the_turn_at_due_work(process: Process) -> None:
    first, second = (process(clock=FROZEN).for_key("sk_ws_a") for _ in range(2))
    schedule(first, "toy.note", START)
    with first.due.turn(), first.due.turn():
        with pytest.raises(TurnTaken):
            due.keep_up(second)
        waiting = threading.Thread(target=due.settle, args=(second,))
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
    waiting.join(10)
    assert not waiting.is_alive()
    assert due.settle(first).performed_count == 0


def test_who_waits_for_a_turn_gets_it_before_one_who_comes_back(process: Process) -> None:
    first, second = (process(clock=FROZEN).for_key("sk_ws_a") for _ in range(2))
    with first.due.turn():
        waiting = threading.Thread(target=due.advance, args=(second, START + timedelta(days=1)))
        waiting.start()
        waiting.join(0.3)
    for _ in range(200):
        try:
            due.keep_up(first)
        except TurnTaken:
            continue
    waiting.join(10)
    first.refresh()
    assert first.clock.now() == START + timedelta(days=1)


def test_a_workspace_that_another_process_deleted_is_gone_and_may_come_again(process: Process) -> None:
    one, two = process(clock=FROZEN), process(clock=FROZEN)
    held = one.for_key("sk_ws_a")
    add(held, "a")
    assert two.delete(environment_of_key("sk_ws_a"))
    with pytest.raises(WorkspaceGone), held.transaction():
        pytest.fail("there is no workspace")
    assert one.get(environment_of_key("sk_ws_a")) is None
    assert names(two.for_key("sk_ws_a")) == names(one.for_key("sk_ws_a")) == []


def test_an_environment_is_made_once_by_whoever_comes_first(process: Process) -> None:
    processes = [process(clock=FROZEN) for _ in range(4)]
    threads = [threading.Thread(target=lambda n=n, one=one: add(one.for_key("sk_ws_a"), str(n))) for n, one in enumerate(processes)]  # type: ignore[misc]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names(processes[0].for_key("sk_ws_a")) == ["0", "1", "2", "3"]


def test_connections_that_the_server_ends_are_made_again(postgresql: Server, process: Process) -> None:
    registry = process(clock=FROZEN)
    held = registry.for_key("sk_ws_a")
    add(held, "before")
    with held.due.turn():
        pass
    with psycopg.connect(postgresql.dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'flexprice-emulator'")
    add(held, "after")
    assert due.settle(held).performed_count == 0
    assert names(held) == ["after", "before"]
    assert registry.for_key("sk_ws_b").caches == {}


def test_a_deleted_workspace_s_schema_is_emptied_for_the_next(postgresql: Server, url: str, process: Process) -> None:
    registry = process(clock=FROZEN)
    add(registry.for_key("sk_ws_a"), "a")
    registry.delete(environment_of_key("sk_ws_a"))
    assert catalog(postgresql, url, "environment") == []
    assert len(catalog(postgresql, url, "spare")) >= 1
    assert names(registry.for_key("sk_ws_b")) == []
    registry.close()
    assert len(catalog(postgresql, url, "spare")) >= STOCK
    listed = {schema for kind in ("root", "environment", "saved", "scratch", "spare") for schema in catalog(postgresql, url, kind)}
    assert schemas(postgresql, url) == listed


def test_scratch_databases_go_with_who_made_them(postgresql: Server, url: str) -> None:
    databases = PostgresDatabases(url)
    kept = databases.scratch(databases.template)
    other = PostgresDatabases(url)
    other.close()
    assert catalog(postgresql, url, "scratch") == [kept.schema]
    # The process ends without a word.
    databases.watch.close()
    PostgresDatabases(url).close()
    assert catalog(postgresql, url, "scratch") == []
    databases.close()


def test_names_that_are_too_long_for_a_schema_are_told_apart(url: str) -> None:
    with closing(PostgresDatabases(url)) as databases:
        long = [f"env_{'x' * 60}{ending}" for ending in ("a", "b")]
        for number, environment_id in enumerate(long):
            database = databases.create(environment_id, databases.template)
            assert len(database.schema) <= 63
            with database.engine.begin() as connection:
                connection.execute(text(f"INSERT INTO meta VALUES ('number', '{number}')"))
            databases.save(environment_id, "s", database)
        for number, environment_id in enumerate(long):
            for database in (databases.open(environment_id), databases.open_saved(environment_id, "s")):
                with database.engine.begin() as connection:
                    assert connection.execute(text("SELECT value FROM meta WHERE key = 'number'")).scalar() == str(number)


def test_what_is_not_there(url: str) -> None:
    with closing(PostgresDatabases(url)) as databases:
        for act in (lambda: databases.open("env"), lambda: databases.open_saved("env", "s"), lambda: databases.drop_saved("env", "s")):
            with pytest.raises(LookupError):
                act()
        databases.drop("env")
        database = databases.create("env", databases.template)
        databases.drop("env")
        with pytest.raises(DatabaseGone), database.engine.begin():
            pytest.fail("there is no database")
