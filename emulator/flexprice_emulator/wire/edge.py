"""The edge of /v1: framing, authentication, one transaction a request (wire.md §1-3).

A request is answered in a worker thread, inside its workspace's transaction; the answer leaves after the commit.
"""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import anyio.to_thread

from flexprice_client.models.base import SuccessResponse
from flexprice_emulator.platform.auth import Authenticator
from flexprice_emulator.platform.roles import permitted
from flexprice_emulator.wire.binding import bind_body, bind_query
from flexprice_emulator.wire.errors import BareError, EmulatorError, InternalError, ValidationError
from flexprice_emulator.wire.json_text import to_json
from flexprice_emulator.wire.routing import Operation, Reply
from flexprice_emulator.wire.table import ApiTable
from flexprice_emulator.workspace.clock import Clock
from flexprice_emulator.workspace.context import Context, Principal
from flexprice_emulator.workspace.registry import SANDBOX_ID, Registry
from flexprice_emulator.workspace.workspace import Workspace

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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        request_id = headers.get("x-request-id") or self.registry.root.ids.ulid(self.registry.root.clock.now())
        method, path = scope["method"], scope["path"]
        reply = self._without_operation(method, path)
        if reply is None:
            found = self.table.match(method, path.removeprefix(BASE))
            if found is None:
                reply = self._unmatched(method, path, scope.get("query_string", b""))
            else:
                operation, parameters = found
                body = await _read(receive, operation.body_limit)
                query = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
                reply = await anyio.to_thread.run_sync(self.answer, operation, parameters, query, headers, body)
        await _send(send, reply, request_id)

    @staticmethod
    def _without_operation(method: str, path: str) -> Reply | None:
        if method == "OPTIONS":
            return Reply(b"", 200)
        if path == "/health" and method in ("GET", "POST"):
            return Reply({"status": "ok"})
        return None if path.startswith(BASE + "/") else _NOT_FOUND

    def _unmatched(self, method: str, path: str, query: bytes) -> Reply:
        if path.endswith("/") and self.table.match(method, path.removeprefix(BASE).rstrip("/")):
            location = path.rstrip("/") + (f"?{query.decode('latin-1')}" if query else "")
            return Reply(b"", 301 if method == "GET" else 307, headers={"location": location})
        return _NOT_FOUND

    def answer(
        self,
        operation: Operation,
        parameters: Mapping[str, str],
        query: list[tuple[str, str]],
        headers: Mapping[str, str],
        body: bytes | None,
    ) -> Reply:
        """Authenticate, bind, run the handler in one transaction, and shape what it returns. Never raises."""
        try:
            principal, workspace = self.authenticator.authenticate(operation, headers)
            if operation.permission and not permitted(principal.roles, operation.permission):
                raise BareError(403, {"message": "insufficient permissions"})
            if body is None:
                raise ValidationError("request body too large")
            clock = self.root_clock(principal, headers) if workspace is self.registry.root else workspace.clock
            return self._perform(operation, parameters, body, Call(workspace, clock, principal, query, headers))
        except EmulatorError as error:
            return Reply(dict(error.body) if error.body is not None else b"", error.status)
        except Exception:
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

    def root_clock(self, principal: Principal, headers: Mapping[str, str]) -> Clock:
        """What lies above the environments takes its time from the caller's environment, else from the sandbox."""
        named = self.registry.get(principal.environment_id or headers.get("x-environment-id", "")) or self.registry.get(SANDBOX_ID)
        return named.clock if named is not None else self.registry.root.clock

    def _perform(self, operation: Operation, parameters: Mapping[str, str], body: bytes, call: Call) -> Reply:
        with call.workspace.transaction() as session:
            context = Context(call.workspace, session, call.clock.now(), call.principal, call.query, call.headers, self, call.clock)
            result = operation.handler(**self._arguments(operation, context, parameters, body))
            # Shaped inside the transaction: rows are read while they are attached.
            reply = self._reply(operation, result)
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


async def _send(send: Send, reply: Reply, request_id: str) -> None:
    body, media_type = reply.body, reply.media_type
    if not isinstance(body, bytes):
        body, media_type = to_json(body), _JSON
    headers = [*_FIXED_HEADERS, (b"x-request-id", request_id.encode("latin-1"))]
    if media_type and reply.status not in (204, 304):
        headers.append((b"content-type", media_type.encode()))
    if reply.status != 204:
        headers.append((b"content-length", str(len(body)).encode()))
    headers += [(name.encode(), value.encode("latin-1", "replace")) for name, value in reply.headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if reply.status == 204 else body})
