"""A firm in a workspace of its own, called without HTTP: the edge answers in the caller's thread, so thousands of requests take seconds."""

import json
import logging
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import parse_qsl, unquote

from flexprice_client.models.base import parse_time, time_text
from flexprice_emulator.app import Application, create_app
from flexprice_emulator.wire.json_text import to_json
from flexprice_emulator.workspace import due
from flexprice_emulator.workspace.databases.sqlite import SqliteDatabase
from flexprice_emulator.workspace.registry import Registry
from tests.fuzz.hostile import spoiled
from tests.fuzz.promises import Broken, number_faults

# Refusals that keep something, each a line of docs/quirks.md.
KEEPS = {
    "POST /payments": "A card that fails is answered an error but kept FAILED",
    "POST /payments/{id}/process": "A card that fails is answered an error but kept FAILED",
    "POST /events/bulk": "Events of a bulk before an invalid one stay accepted",
}
# Failures of the real service that are answered as it does.
FAILS = (
    *(
        "POST /groups",
        "POST /costs",
        "PUT /costs/{id}",
        "PUT /customers/{id}",
        "PUT /customers",
        "GET /invoices/{id}/pdf",
        "GET /environments",
    ),
    *("POST /users/search", "POST /wallets/search", "POST /tasks/scheduled/{id}/run", "GET /taxes/rates/{id}", "POST /creditnotes"),
    *("GET /subscriptions/schedules", "POST /subscriptions", "POST /prices/units"),
)
START = "2026-01-20T09:30:15.250Z"


@dataclass
class Answer:
    """`body` is the JSON, or None."""

    status: int
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw) if self.raw[:1] in (b"{", b"[", b'"') else None


class Heard(logging.Handler):
    """What the emulator says of failures that are its own."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record))


@dataclass
class Firm:
    """`known`: ids and keys by kind, oldest first. `asked`: every request so far. `answers` of them, for a comparison of two runs."""

    application: Application
    key: str
    known: dict[str, list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    serial: int = 0
    # Whether each refusal and each read is held against the database before it.
    is_strict: bool = True
    # How many hostile requests go before each one; what they do is undone.
    hostile: int = 0

    def __post_init__(self) -> None:
        self.edge = self.application.state.edge
        self.workspace = self.application.state.registry.for_key(self.key)
        self.heard = Heard()
        self.set_clock(START)

    @classmethod
    def found(cls, seed: str = "fuzz", key: str = "sk_ws_fuzz") -> "Firm":
        """In a server of its own, whose ids follow from the seed."""
        return cls(create_app(Registry(seed=seed)), key)

    def close(self) -> None:
        self.application.state.registry.close()

    @property
    def now(self) -> datetime:
        return self.workspace.clock.now()

    def set_clock(self, moment: str) -> None:
        """Let the clock stand at a time, without performing anything."""
        self.asked.append(f"clock at {moment}")
        self.workspace.set_clock("frozen", parse_time(moment))

    def advance(self, by: timedelta) -> None:
        """Perform what falls due meanwhile. Raises Broken where some of it fails as it should not."""
        self.asked.append(f"advance by {by}")
        with self._listening():
            report = due.advance(self.workspace, self.now + by, self.edge)
        if self.heard.said:
            raise Broken(f"due work: {self.heard.said[-1]}")
        self.answers.append(f"{report.performed_count} {[(f.work.kind, f.error) for f in report.failed]}".encode())

    def content(self) -> tuple[bytes, bytes]:
        """The pages of the workspace's database and of the root's."""
        return self.workspace.connection.serialize(), self.application.state.registry.root.connection.serialize()

    def send(self, method: str, path: str, raw: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """One request below /v1; what it breaks is raised as Broken."""
        self.asked.append(f"{time_text(self.now)} {method} {path} {raw[:2000].decode('utf-8', 'replace')}")
        route, _, query = path.partition("?")
        found = self.edge.table.match(method, unquote(route))
        if found is None:
            return Answer(404, b"404 page not found")
        operation, parameters = found
        before = self.content() if self.is_strict else None
        with self._listening():
            reply = self.edge.answer(
                operation, parameters, parse_qsl(query, keep_blank_values=True), {"x-api-key": self.key, **(headers or {})}, raw
            )
        answer = Answer(reply.status, reply.body if isinstance(reply.body, bytes) else to_json(reply.body))
        self.answers.append(str(answer.status).encode() + answer.raw)
        if self.heard.said:
            raise Broken(f"{operation.name} fails: {self.heard.said[-1]}")
        reads = answer.status >= 400 or (method == "GET" and not operation.writes)
        if before is not None and reads and operation.name not in KEEPS and self.content() != before:
            changed = _difference(before, self.content())
            if changed:
                raise Broken(f"{operation.name} answers {answer.status} and changes what is stored: {changed}")
        # A payment provider that does not answer was asked for (payments of the sandbox).
        if answer.status >= 500 and operation.name not in FAILS and (answer.body or {}).get("code") != "http_client_error":
            raise Broken(f"{operation.name} answers {answer.status}: {answer.raw[:200]!r}")
        for fault in number_faults(answer, self.asked[-1]):
            raise Broken(f"{operation.name}: {fault}")
        return answer

    def ask(self, method: str, path: str, body: Any = None) -> Answer:
        """One request of a JSON body, after hostile ones like it."""
        for turn in range(self.hostile):
            self._spoil(Random(f"{len(self.asked)}/{turn}"), method, path, body)
        return self.send(method, path, b"" if body is None else json.dumps(body).encode())

    def _spoil(self, chance: Random, method: str, path: str, body: Any) -> None:
        found = self.edge.table.match(method, path.partition("?")[0])
        model = dict(found[0].inputs).get("body") if found else None
        fields = [info.alias or name for name, info in model.model_fields.items()] if model else []
        before = self.content()
        self.send(method, *spoiled(chance, method, path, body, fields))
        if self.content() != before:
            with closing(sqlite3.connect(":memory:")) as connection:
                connection.deserialize(before[0])
                self.workspace.become(SqliteDatabase(connection))

    def make(self, kind: str, path: str, body: Any, *, name: str = "id") -> Any:
        """The answer where it succeeds, whose id is remembered; None else."""
        answer = self.ask("POST", path, body)
        if answer.status >= 300:
            return None
        made = answer.body
        self.known.setdefault(kind, []).append(made[name])
        return made

    def get(self, path: str) -> Any:
        answer = self.ask("GET", path)
        return answer.body if answer.status == 200 else None

    def next(self, prefix: str) -> str:
        self.serial += 1
        return f"{prefix}{self.serial}"

    def _listening(self) -> "_Listening":
        return _Listening(self.heard)


def _difference(before: tuple[bytes, ...], after: tuple[bytes, ...]) -> list[str]:
    """Rows that one has and the other has not; what is undone may leave other bytes in pages that nothing uses."""
    sides: list[set[str]] = []
    for pages in (before, after):
        rows: set[str] = set()
        for content in pages:
            with closing(sqlite3.connect(":memory:")) as connection:
                connection.deserialize(content)
                rows.update(connection.iterdump())
        sides.append(rows)
    return [line[:300] for line in sorted(sides[0] ^ sides[1])[:4]]


class _Listening:
    def __init__(self, heard: Heard) -> None:
        self.heard, self.log = heard, logging.getLogger("flexprice_emulator")

    def __enter__(self) -> None:
        self.heard.said.clear()
        self.log.addHandler(self.heard)

    def __exit__(self, *_: object) -> None:
        self.log.removeHandler(self.heard)
