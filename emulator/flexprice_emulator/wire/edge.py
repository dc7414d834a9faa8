"""The edge of /v1: framing, authentication, one transaction a request (wire.md §1-3).

A request is answered in a worker thread, inside its workspace's transaction; the answer leaves after the commit.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

import anyio.to_thread

from flexprice_client.models.base import SuccessResponse
from flexprice_emulator.platform.auth import Authenticator
from flexprice_emulator.platform.roles import permitted
from flexprice_emulator.rating.periods import BeyondCalendar
from flexprice_emulator.wire.binding import bind_body, bind_query
from flexprice_emulator.wire.errors import BareError, EmulatorError, InternalError, ValidationError
from flexprice_emulator.wire.json_text import to_json
from flexprice_emulator.wire.routing import Operation, Reply
from flexprice_emulator.wire.table import ApiTable
from flexprice_emulator.workspace.clock import Clock
from flexprice_emulator.workspace.context import Context, Principal
from flexprice_emulator.workspace.databases.protocol import is_too_long
from flexprice_emulator.workspace.registry import SANDBOX_ID, WORKSPACE_KEY, Registry
from flexprice_emulator.workspace.workspace import Workspace

if TYPE_CHECKING:
    from flexprice_emulator.faults.book import FaultBook
    from flexprice_emulator.faults.connection import Cut
    from flexprice_emulator.request_log.record import Record
    from flexprice_emulator.request_log.ring import RequestLog

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

log = logging.getLogger("flexprice_emulator")

_JSON = "application/json; charset=utf-8"
_FIXED_HEADERS = tuple(
    (name.encode(), value.encode())
    for name, value in {
        "access-control-allow-origin": "*",
        "access-control-allow-methods": "GET, POST, PUT, DELETE, OPTIONS",
        "access-control-allow-headers": "*",
        "access-control-max-age": "86400",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
    }.items()
)
_NOT_FOUND = Reply(b"404 page not found", 404, "text/plain")
_UNKNOWN = Operation("GET", "/", lambda: None)
BASE = "/v1"


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks what of which workspace."""

    workspace: Workspace
    clock: Clock
    principal: Principal
    query: list[tuple[str, str]]
    headers: Mapping[str, str]


class Edge:
    """An ASGI application for everything but the control plane."""

    def __init__(self, registry: Registry, authenticator: Authenticator, table: ApiTable) -> None:
        self.registry, self.authenticator, self.table = registry, authenticator, table
        # Both are the control plane's, and absent without it.
        self.faults: FaultBook | None = None
        self.request_log: RequestLog | None = None
        self._began = perf_counter()

    def uptime(self) -> float:
        """Seconds since it was made."""
        return perf_counter() - self._began

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = perf_counter()
        record = self.request_log.begin(scope, self.registry.root.clock.real_now()) if self.request_log is not None else None
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        request_id = headers.get("x-request-id") or self.registry.root.ids.ulid(self.registry.root.clock.now())
        method, path = scope["method"], scope["path"]
        cut: Cut | None = None
        reply = self._without_operation(method, path)
        if reply is None:
            found = self.table.match(method, path.removeprefix(BASE))
            if found is None:
                reply = self._unmatched(method, path, scope.get("query_string", b""))
                if record is not None:
                    await anyio.to_thread.run_sync(self._attribute, record, headers)
            else:
                operation, parameters = found
                body = await _read(receive, operation.body_limit)
                query = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
                if record is not None:
                    record.operation, record.name = operation.name, operation.handler.__name__
                    record.take_request(body)
                perform = partial(self.answer, operation, parameters, query, headers, body, record)
                if self.faults:
                    reply, cut = await self._disturbed(self.faults, operation, parameters, path, headers, perform, record)
                else:
                    reply = await anyio.to_thread.run_sync(perform)
        start, content = _shaped(reply, request_id)
        if record is not None and self.request_log is not None and record.environment_id:
            # Before it leaves: who has the answer finds it in the log.
            record.take_answer(
                None if cut is not None and cut.silent else start["status"], start["headers"], content, perf_counter() - began
            )
            self.request_log.add(record)
        if cut is not None:
            await cut.send(send, receive, start, content)
        else:
            await send(start)
            await send({"type": "http.response.body", "body": content})

    @staticmethod
    def _without_operation(method: str, path: str) -> Reply | None:
        if method == "OPTIONS":
            return Reply(b"", 200)
        if path == "/health" and method in ("GET", "POST"):
            return Reply({"status": "ok"})
        return None if path.startswith(BASE + "/") else _NOT_FOUND

    def _unmatched(self, method: str, path: str, query: bytes) -> Reply:
        if path.endswith("/") and self.table.match(method, path.removeprefix(BASE).rstrip("/")):
            location = quote(path.rstrip("/")) + (f"?{query.decode('latin-1')}" if query else "")
            return Reply(b"", 301 if method == "GET" else 307, headers={"location": location})
        return _NOT_FOUND

    def answer(
        self,
        operation: Operation,
        parameters: Mapping[str, str],
        query: list[tuple[str, str]],
        headers: Mapping[str, str],
        body: bytes | None,
        record: Record | None = None,
        skew: timedelta | None = None,
    ) -> Reply:
        """Authenticate, bind, run the handler in one transaction, and shape what it returns. Never raises.

        `record` learns whose request it is; `skew` is by how much the request's clock is wrong.
        """
        try:
            try:
                principal, workspace = self.authenticator.authenticate(operation, headers, parameters)
            except EmulatorError:
                if record is not None:
                    self._note(record, self._named(None, headers))
                raise
            owner = workspace
            if workspace is self.registry.root:
                owner = self._named(principal, headers)
                owner.refresh()
            self._note(record, owner)
            if operation.permission and not permitted(principal.roles, operation.permission):
                raise BareError(403, {"message": "insufficient permissions"})
            if body is None:
                raise ValidationError("request body too large")
            clock = owner.clock if skew is None else self._skewed(owner.clock, skew)
            return self._perform(operation, parameters, body, Call(workspace, clock, principal, query, headers))
        except EmulatorError as error:
            return Reply(dict(error.body) if error.body is not None else b"", error.status)
        except Exception as error:
            if is_too_long(error):
                refused = ValidationError("A text is too long to be stored")
                return Reply(refused.body, refused.status)
            log.exception("%s failed", operation.name)
            unexpected = InternalError()
            return Reply(unexpected.body, unexpected.status)

    def call(self, workspace: Workspace, method: str, path: str, body: Any = None) -> Any:
        """One operation on a workspace from inside the process, with full rights: seeding and tools. JSON values in and out.

        Raises EmulatorError for an answer that is not a success, LookupError for an unknown operation.
        """
        route, _, query = path.partition("?")
        found = self.table.match(method, route)
        if found is None:
            raise LookupError(f"{method} {path}")
        operation, parameters = found
        raw = b"" if body is None else to_json(body)
        reply = self._perform(
            operation, parameters, raw, Call(workspace, workspace.clock, Principal(), parse_qsl(query, keep_blank_values=True), {})
        )
        answer = json.loads(reply.body) if reply.body else None
        if reply.status >= 400:
            raise EmulatorError(reply.status, answer)
        return answer

    def _named(self, principal: Principal | None, headers: Mapping[str, str]) -> Workspace:
        """Whom a request belongs to that names no environment by itself: what lies above the environments takes its time from
        the caller's environment, else from the sandbox."""
        environment_id = (principal.environment_id if principal else None) or headers.get("x-environment-id")
        key = headers.get("x-api-key", "")
        if environment_id is None and WORKSPACE_KEY.match(key):
            return self.registry.for_key(key)
        named = self.registry.get(environment_id) if environment_id else None
        return named or self.registry.get(SANDBOX_ID) or self.registry.root

    def _owner(self, operation: Operation, headers: Mapping[str, str], parameters: Mapping[str, str]) -> Workspace | None:
        """The workspace whose rules a request is under; None for a caller who is not let in."""
        try:
            principal, workspace = self.authenticator.authenticate(operation, headers, parameters)
        except EmulatorError:
            return None
        return self._named(principal, headers) if workspace is self.registry.root else workspace

    def _attribute(self, record: Record, headers: Mapping[str, str]) -> None:
        """Whose a request is that asks for nothing that exists."""
        self._note(record, self._owner(_UNKNOWN, headers, {}) or self._named(None, headers))

    @staticmethod
    def _note(record: Record | None, workspace: Workspace) -> None:
        if record is not None:
            record.environment_id, record.time = workspace.environment_id, workspace.clock.now()

    async def _disturbed(
        self,
        faults: FaultBook,
        operation: Operation,
        parameters: Mapping[str, str],
        path: str,
        headers: Mapping[str, str],
        perform: Callable[..., Reply],
        record: Record | None,
    ) -> tuple[Reply, Cut | None]:
        from flexprice_emulator.faults.serving import answer

        def owner() -> Workspace | None:
            workspace = self._owner(operation, headers, parameters)
            if workspace is not None:
                self._note(record, workspace)
            return workspace

        disturbed = await answer(faults, owner, operation, path, perform)
        if record is not None:
            record.faults = disturbed.rules
        return disturbed.reply, disturbed.cut

    @staticmethod
    def _skewed(clock: Clock, skew: timedelta) -> Clock:
        from flexprice_emulator.faults.skew import SkewedClock

        return SkewedClock(clock, skew)

    def _perform(self, operation: Operation, parameters: Mapping[str, str], body: bytes, call: Call) -> Reply:
        try:
            with call.workspace.transaction() as session:
                context = Context(call.workspace, session, call.clock.now(), call.principal, call.query, call.headers, self, call.clock)
                result = operation.handler(**self._arguments(operation, context, parameters, body))
                # Shaped inside the transaction: rows are read while they are attached.
                reply = self._reply(operation, result)
        except BeyondCalendar as error:
            raise ValidationError(str(error)) from None
        if reply.after is not None:
            reply.after()
        return reply

    @staticmethod
    def _arguments(operation: Operation, context: Context, parameters: Mapping[str, str], body: bytes) -> dict[str, Any]:
        arguments: dict[str, Any] = {}
        for name, model in operation.inputs:
            if name == "ctx":
                arguments[name] = context
            elif name == "body" and model is not None:
                arguments[name] = bind_body(model, body, operation.hint, optional=operation.body_optional, floats=operation.body_floats)
            elif name == "query" and model is not None:
                arguments[name] = bind_query(model, context.query_string, operation.hint)
            elif name == "raw":
                arguments[name] = body
            else:
                arguments[name] = parameters[name]
        return arguments

    @staticmethod
    def _reply(operation: Operation, result: Any) -> Reply:
        if isinstance(result, Reply):
            if result.media_type is None and not isinstance(result.body, bytes):
                return Reply(to_json(result.body), result.status, _JSON, result.headers, result.after)
            return result
        if result is None:
            return Reply(b"", operation.status)
        if isinstance(result, str):
            result = SuccessResponse(message=result)
        return Reply(to_json(result), operation.status, _JSON)


async def _read(receive: Receive, limit: int | None) -> bytes | None:
    """The whole body, or None where it is over the limit (it is read to its end all the same, so that the client gets its answer)."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(chunks)
        chunk = message.get("body", b"")
        size += len(chunk)
        if limit is None or size <= limit:
            chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks) if limit is None or size <= limit else None


def _shaped(reply: Reply, request_id: str) -> tuple[dict[str, Any], bytes]:
    """The message that begins a response, and its body."""
    body, media_type = reply.body, reply.media_type
    if not isinstance(body, bytes):
        body, media_type = to_json(body), _JSON
    headers = [*_FIXED_HEADERS, (b"x-request-id", request_id.encode("latin-1"))]
    if media_type and reply.status not in (204, 304):
        headers.append((b"content-type", media_type.encode()))
    if reply.status != 204:
        headers.append((b"content-length", str(len(body)).encode()))
    headers += [(name.encode(), value.encode("latin-1", "replace")) for name, value in reply.headers.items()]
    return {"type": "http.response.start", "status": reply.status, "headers": headers}, b"" if reply.status == 204 else body
