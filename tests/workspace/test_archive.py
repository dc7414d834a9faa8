"""A workspace as one file (workspace/archive.py)."""

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from flexprice_emulator.events.tables import MeterUsageRow
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.workspace import archive, copies
from flexprice_emulator.workspace.clock import ClockState
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.registry import Registry
from flexprice_emulator.workspace.workspace import Workspace
from tests.workspace.test_copies import add, names

START = datetime(2026, 1, 31, tzinfo=UTC)
Lines = list[Any]


@pytest.fixture
def registry() -> Iterator[Registry]:
    registry = Registry(real_time=lambda: START, clock=ClockState("frozen", START, START))
    registry.seed_template(lambda workspace: add(workspace, "seeded"))
    yield registry
    registry.close()


@pytest.fixture
def workspace(registry: Registry) -> Workspace:
    """With a value of each kind: texts, nulls, whole numbers, flags, bytes."""
    workspace = registry.for_key("sk_ws_a")
    add(workspace, 'Ünï "quoted" \u2028 <&>')
    usage = {"meter_id": "m", "external_customer_id": "c", "timestamp": 1, "whole": 2**62, "fraction": 5, "bucket_group": "", "source": ""}
    with workspace.transaction() as session:
        ctx = Context(workspace, session, START)
        session.add(MeterUsageRow(event_id="e", unique_hash=b"\x00\xff", properties="{}", ingested_at=1, **usage))
        session.add(MeterUsageRow(event_id="f", unique_hash=None, properties="{}", ingested_at=1, **usage))
        ctx.schedule("toy.note", START + timedelta(days=1), a="b")
    return workspace


def changed(file: bytes, change: Callable[[Lines], Any], *, sign: bool = True) -> bytes:
    """A file whose lines were changed, signed anew."""
    lines = [json.loads(line) for line in gzip.decompress(file).splitlines()]
    change(lines)
    body = b"".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for line in lines[:-1])
    if sign:
        lines[-1]["sha256"] = hashlib.sha256(body).hexdigest()
    return gzip.compress(body + json.dumps(lines[-1]).encode() + b"\n")


def row_of(lines: Lines, table: str) -> list[Any]:
    """The first row of a table."""
    found: list[Any] = lines[next(index for index, line in enumerate(lines) if isinstance(line, dict) and line.get("table") == table) + 1]
    return found


def section(lines: Lines, table: str) -> dict[str, Any]:
    found: dict[str, Any] = next(line for line in lines if isinstance(line, dict) and line.get("table") == table)
    return found


def test_what_is_imported_is_what_was_exported(registry: Registry, workspace: Workspace) -> None:
    file = copies.export(registry, workspace)
    target = registry.for_key("sk_ws_b")
    add(target, "gone")
    with closing(copies.unpack(registry, file)) as imported:
        target.become(imported)
    assert copies.export(registry, target) == file
    assert names(target) == names(workspace)
    assert add(target, "x") == add(workspace, "x")
    with target.transaction() as session:
        assert session.scalars(select(MeterUsageRow.unique_hash).order_by(MeterUsageRow.event_id)).all() == [b"\x00\xff", None]


def test_a_snapshot_is_exported_with_its_own_time(registry: Registry, workspace: Workspace) -> None:
    file = copies.export(registry, workspace)
    copies.take(registry, workspace, "s")
    workspace.set_clock("frozen", START + timedelta(days=1))
    assert copies.export(registry, workspace) != file
    assert copies.export(registry, workspace, "s") == file
    copies.restore(registry, workspace, "s")
    assert copies.export(registry, workspace) == file


def test_a_column_that_is_younger_than_the_file_gets_its_default(registry: Registry, workspace: Workspace) -> None:
    def drop_columns(lines: Lines) -> None:
        for column in ("timezone", "metadata", "email"):
            index = section(lines, "customers")["columns"].index(column)
            section(lines, "customers")["columns"].pop(index)
            first = lines.index(section(lines, "customers")) + 1
            for row in lines[first : first + 2]:
                row.pop(index)

    with closing(copies.unpack(registry, changed(copies.export(registry, workspace), drop_columns))) as imported:
        workspace.become(imported)
    with workspace.transaction() as session:
        from flexprice_emulator.customers.tables import CustomerRow

        rows = session.scalars(select(CustomerRow)).all()
        assert {(row.timezone, row.metadata_, row.email) for row in rows} == {("UTC", None, "")}


def _set_meta(lines: Lines, key: str, value: Any) -> None:
    next(line for line in lines if isinstance(line, list) and line[0] == key)[1] = json.dumps(value)


COLUMN_OF_A_TIME = MeterUsageRow.__table__.columns.keys().index("timestamp")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: lines[0].update(flexprice_emulator_archive=2, version="9.0"), "written by flexprice-emulator 9.0; this one, "),
        (lambda lines: lines[0].update(flexprice_emulator_archive=2), "reads format 1 and not 2"),
        (lambda lines: section(lines, "customers").update(table="dragons"), "knows no table 'dragons'"),
        (lambda lines: section(lines, "customers")["columns"].append("wings"), "knows no column 'wings' of customers"),
        (lambda lines: lines[0].pop("flexprice_emulator_archive"), "the file is no export of a workspace"),
        (lambda lines: row_of(lines, "customers").pop(), "a row of customers has not 18 values"),
        (lambda lines: row_of(lines, "customers").__setitem__(0, None), "customers.external_id cannot be None"),
        (lambda lines: row_of(lines, "customers").__setitem__(0, 7), "customers.external_id cannot be 7"),
        (lambda lines: row_of(lines, "meter_usage").__setitem__(7, "!"), "meter_usage.unique_hash cannot be '!'"),
        (lambda lines: row_of(lines, "due_work").__setitem__(6, 1), "due_work.prompt cannot be 1"),
        (lambda lines: lines.insert(1, []), "a row belongs to no table"),
        (lambda lines: lines.insert(lines.index(section(lines, "customers")) + 2, row_of(lines, "customers")), "UNIQUE constraint failed"),
        (lambda lines: lines.__delitem__(slice(1, -1)), "it holds no clock or no id source"),
        (lambda lines: section(lines, "customers").update(table=[]), "the head of a table names no table and columns"),
        (lambda lines: section(lines, "customers").update(columns=[[1]]), "the head of a table names no table and columns"),
        (lambda lines: section(lines, "customers").update(columns=["id", "id"]), "columns of customers come twice"),
        (lambda lines: row_of(lines, "meter_usage").__setitem__(COLUMN_OF_A_TIME, 2**70), "the archive is damaged: "),
        (lambda lines: _set_meta(lines, "clock", {"mode": "sideways", "now": None, "since": None, "rate": "1.0"}), "its clock is none"),
        (lambda lines: _set_meta(lines, "clock", {"mode": "frozen", "now": None, "since": None, "rate": "1.0"}), "its clock is none"),
        (lambda lines: _set_meta(lines, "clock", []), "its clock or its id source is none"),
        (lambda lines: _set_meta(lines, "ids", {"seed": "1", "state": 1}), "its clock or its id source is none"),
        (lambda lines: _set_meta(lines, "ids", {"seed": 1, "state": [1, 2, 3]}), "its id source is none"),
    ],
)
def test_other_files_are_refused_with_a_reason_and_change_nothing(
    registry: Registry, workspace: Workspace, change: Callable[[Lines], Any], said: str
) -> None:
    before = copies.export(registry, workspace)
    with pytest.raises(archive.BadArchive) as refused:
        copies.unpack(registry, changed(before, change))
    assert said in str(refused.value)
    assert copies.export(registry, workspace) == before


def test_a_file_nested_too_deeply_is_refused(registry: Registry, workspace: Workspace) -> None:
    head, *_ = gzip.decompress(copies.export(registry, workspace)).splitlines(keepends=True)
    body = head + b"[" * 100_000 + b"\n"
    file = gzip.compress(body + json.dumps({"sha256": hashlib.sha256(body).hexdigest()}).encode() + b"\n")
    with pytest.raises(archive.BadArchive):
        copies.unpack(registry, file)


def test_damage_anywhere_is_noticed(registry: Registry, workspace: Workspace) -> None:
    file = copies.export(registry, workspace)
    for damaged in (b"", b"{}", file[:-1], file[:100], file[: len(file) // 2], file + b"x", gzip.compress(b""), gzip.compress(b"[]\n")):
        with pytest.raises(archive.BadArchive):
            copies.unpack(registry, damaged)
    for position in range(10, len(file), len(file) // 25):
        flipped = file[:position] + bytes([file[position] ^ 1]) + file[position + 1 :]
        try:
            copies.unpack(registry, flipped).close()
        except archive.BadArchive:
            continue
        # A bit that gzip has no use for.
        assert gzip.decompress(flipped) == gzip.decompress(file)
    unsigned = changed(file, lambda lines: row_of(lines, "customers").__setitem__(0, "other"), sign=False)
    with pytest.raises(archive.DamagedArchive, match="its content is not what its last line says"):
        copies.unpack(registry, unsigned)


def test_every_table_and_column_is_in_the_file(registry: Registry, workspace: Workspace) -> None:
    lines = [json.loads(line) for line in gzip.decompress(copies.export(registry, workspace)).splitlines()]
    assert set(InvoiceRow.__table__.columns.keys()) == set(section(lines, "invoices")["columns"])
    assert lines[0]["flexprice_emulator_archive"] == archive.FORMAT
