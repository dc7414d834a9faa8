"""`flexprice-emulator workspace` and `snapshot` against a running server."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from click.testing import Result
from typer.testing import CliRunner

from flexprice_emulator.cli.snapshot import app as snapshot
from flexprice_emulator.cli.workspace import app as workspace
from tests.http_server import running


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running("--clock", "2026-01-31T00:00:00Z") as base:
        yield base


class Shell:
    """Runs commands for one workspace."""

    def __init__(self, url: str) -> None:
        self.url, self.key = f"{url}/v1", f"sk_ws_{uuid4().hex}"

    def run(self, group: Any, *arguments: str) -> Result:
        return CliRunner().invoke(group, [*arguments, "--base-url", self.url, "--api-key", self.key])

    def said(self, group: Any, *arguments: str, code: int = 0) -> list[str]:
        run = self.run(group, *arguments)
        assert run.exit_code == code, run.output
        return run.stdout.splitlines()

    def customer(self, name: str, key: str = "") -> dict[str, Any]:
        body = {"external_id": name, "name": name}
        answer = httpx.post(f"{self.url}/customers", json=body, headers={"x-api-key": key or self.key})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def names(self, key: str = "") -> set[str]:
        found = httpx.get(f"{self.url}/customers", headers={"x-api-key": key or self.key}).json()
        return {item["name"] for item in found["items"]}


@pytest.fixture
def shell(url: str) -> Shell:
    return Shell(url)


def test_create_list_show_delete(shell: Shell) -> None:
    key = f"sk_ws_{uuid4().hex}"
    made = shell.said(workspace, "create", "--name", "Shop", "--clock", "2026-03-01T00:00:00Z", "--seed", "7", "--key", key)
    identity = made[0].split()[0]
    assert made[0] == f"{identity} Shop"
    assert made[1:] == ["clock 2026-03-01T00:00:00Z frozen; seed 7; 0 due later", "snapshots none", "holds nothing", f"key {key}"]
    listed = shell.said(workspace, "list")
    assert [identity, "Shop", "2026-03-01T00:00:00Z", "frozen"] in [line.split() for line in listed]
    assert len({line.index(line.split()[1], len(line.split()[0])) for line in listed}) == 1, "names begin in one column"
    shell.customer("acme", key)
    assert re.fullmatch(r"holds customers 1, .*outbox 1.*", shell.said(workspace, "show", identity)[3])
    assert shell.said(workspace, "delete", key) == [f"deleted {identity}"]
    assert shell.run(workspace, "show", identity).stderr == f"no workspace {identity}\n"


def test_snapshot_restore_reset(shell: Shell) -> None:
    assert shell.said(snapshot, "create", "empty") == ["empty at 2026-01-31T00:00:00Z"]
    shell.customer("acme")
    assert shell.run(snapshot, "create", "empty").exit_code == 1
    assert shell.said(snapshot, "restore", "empty")[0].startswith("back at 2026-01-31T00:00:00Z frozen (environment env_")
    assert shell.names() == set()
    shell.customer("acme")
    shell.said(snapshot, "create", "empty", "--replace")
    assert [line.split(" (")[0] for line in shell.said(snapshot, "list", "--workspace", shell.key)] == ["empty at 2026-01-31T00:00:00Z"]
    assert shell.said(workspace, "reset", "--clock", "real")[3] == "holds nothing"
    assert shell.said(snapshot, "delete", "empty") == []
    assert shell.run(snapshot, "restore", "empty").stderr == "no snapshot empty\n"


def test_fork_and_diff(shell: Shell) -> None:
    first = shell.customer("acme")
    shell.said(snapshot, "create", "s")
    key = shell.said(workspace, "fork", "--name", "Branch")[-1].removeprefix("key ")
    assert shell.said(workspace, "diff", "current@s") == ["no difference"]
    assert shell.said(workspace, "diff", "current", key) == ["no difference"]
    second = shell.customer("late", key)
    httpx.put(f"{shell.url}/customers/{first['id']}", json={"name": "Acme Inc"}, headers={"x-api-key": key})
    found = shell.said(workspace, "diff", "current", key, code=1)
    assert found[:5] == [
        "customers: 1 added, 0 removed, 1 changed",
        f"  + {second['id']}",
        f"  ~ {first['id']}",
        '      name: "acme" -> "Acme Inc"',
        "outbox: 2 added, 0 removed, 0 changed",
    ]
    assert json.loads("\n".join(shell.said(workspace, "diff", key, "--json", code=1)))["tables"]["customers"]["removed"] == [second["id"]]


def test_export_and_import(shell: Shell, tmp_path: Path) -> None:
    shell.customer("acme")
    file = tmp_path / "shop.gz"
    assert shell.said(workspace, "export", str(file)) == [f"{file}: {file.stat().st_size:,} bytes"]
    printed = shell.run(workspace, "export", "-")
    assert printed.stdout_bytes == file.read_bytes()
    key = shell.said(workspace, "import", str(file), "--name", "Copy")[-1].removeprefix("key ")
    assert shell.names(key) == {"acme"}
    shell.customer("late")
    assert shell.said(workspace, "import", str(file), "--into", "current")[3].startswith("holds customers 1")
    assert shell.names() == {"acme"}
    file.write_bytes(file.read_bytes()[:-20])
    damaged = shell.run(workspace, "import", str(file))
    assert (damaged.exit_code, len(damaged.stderr.splitlines())) == (1, 1)
    assert damaged.stderr.startswith("the archive is damaged: ")
    assert "No such file" in shell.run(workspace, "import", str(tmp_path / "none")).stderr
    assert "give either --into" in shell.run(workspace, "import", str(file), "--into", "current", "--name", "x").stderr
    assert "No such file" in shell.run(workspace, "export", str(tmp_path / "none" / "x")).stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("create", "--clock", "noon"), "clock.now: not an RFC 3339 time with a zone"),
        (("create", "--key", "sk_live"), "key: give sk_ws_ and 1 to 128 letters, digits, _, - or . (got 'sk_live')"),
        (("diff", "nowhere"), "no workspace nowhere"),
        (("diff", "current"), "current and current are the same: name two workspaces, or a snapshot of one, such as current@before"),
        (("fork", "--snapshot", "none"), "no snapshot none"),
        (("delete", "00000000-0000-0000-0000-000000000000"), "the sandbox is always there; to empty it, reset it"),
    ],
)
def test_mistakes_are_one_clear_line(shell: Shell, arguments: tuple[str, ...], said: str) -> None:
    run = shell.run(workspace, *arguments)
    assert (run.exit_code, run.stdout, len(run.stderr.splitlines())) == (1, "", 1)
    assert said in run.stderr
