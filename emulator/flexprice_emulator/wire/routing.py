"""Operations, declared by the domains, matched static before parameter (wire.md §1).

A domain's routes.py holds one `Routes` object. A handler is a plain function; its parameters say what it needs:
`ctx` the request's context, `body` a request model (annotation), `query` a list filter (annotation), any other
name the path parameter of that name. It returns a wire model, a list of them, a dict, a Reply, or None.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeVar, get_type_hints

from flexprice_client.models.base import WireRequest

Scope = Literal["environment", "root", "public", "portal", "provider"]
HandlerT = TypeVar("HandlerT", bound=Callable[..., Any])

EVENT_BODY_LIMIT = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with a status, type or headers of its own. `body` is JSON-able, or bytes with `media_type`.

    `after` is done once the transaction is committed and before the answer leaves: work on other workspaces.
    """

    body: Any = None
    status: int = 200
    media_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    after: Callable[[], None] | None = None


@dataclass(frozen=True)
class Operation:
    """One method and path, and how to answer it.

    `scope` says which database a request works in and what its key must be: an environment's (the default), the
    root's (`/users`, `/environments`, `/tenants`), none (`public`), a portal session's, or the path's
    environment (`provider`).
    """

    method: str
    path: str
    handler: Callable[..., Any]
    status: int = 200
    hint: str = "Invalid request format"
    scope: Scope = "environment"
    permission: str | None = None
    body_limit: int | None = None
    body_optional: bool = False
    body_floats: bool = False
    writes: bool = True

    @cached_property
    def inputs(self) -> tuple[tuple[str, type[WireRequest] | None], ...]:
        """(parameter, model or None) in order."""
        hints = get_type_hints(self.handler)
        names = list(inspect.signature(self.handler).parameters)
        return tuple((name, hints[name] if name in ("body", "query") else None) for name in names)

    @property
    def name(self) -> str:
        """`POST /customers/search`."""
        return f"{self.method} {self.path}"


class Routes:
    """The operations of one domain, in declaration order."""

    def __init__(
        self, tag: str, *, hint: str = "Invalid request format", scope: Scope = "environment", permission: str | None = None
    ) -> None:
        self.tag = tag
        self.operations: list[Operation] = []
        self._hint, self._scope, self._permission = hint, scope, permission

    def add(self, method: str, path: str, **options: Any) -> Callable[[HandlerT], HandlerT]:
        """Register a handler. Options are Operation's."""

        def register(handler: HandlerT) -> HandlerT:
            settings: dict[str, Any] = {"hint": self._hint, "scope": self._scope, "permission": self._permission, **options}
            self.operations.append(Operation(method, path, handler, **settings))
            return handler

        return register

    def get(self, path: str, **options: Any) -> Callable[[HandlerT], HandlerT]:
        """A read: no permission is asked for and nothing is committed unless said otherwise."""
        return self.add("GET", path, **{"permission": None, "writes": False, **options})

    def search(self, path: str, **options: Any) -> Callable[[HandlerT], HandlerT]:
        """A read by POST."""
        return self.add("POST", path, **{"permission": None, "writes": False, **options})

    def post(self, path: str, **options: Any) -> Callable[[HandlerT], HandlerT]:
        return self.add("POST", path, **options)

    def put(self, path: str, **options: Any) -> Callable[[HandlerT], HandlerT]:
        return self.add("PUT", path, **options)

    def delete(self, path: str, **options: Any) -> Callable[[HandlerT], HandlerT]:
        return self.add("DELETE", path, **options)


class _Node:
    __slots__ = ("children", "methods", "parameter")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.methods: dict[str, tuple[Operation, tuple[str, ...]]] = {}


class RouteTree:
    """Path segments to operations; a static segment wins over a parameter, with backtracking."""

    def __init__(self) -> None:
        self._root = _Node()

    def add(self, operation: Operation) -> None:
        """Raises ValueError for a method and path that is taken."""
        node, names = self._root, []
        for segment in operation.path.strip("/").split("/"):
            if segment.startswith("{"):
                names.append(segment[1:-1])
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.children.setdefault(segment, _Node())
        if operation.method in node.methods:
            raise ValueError(f"{operation.name} is declared twice")
        node.methods[operation.method] = (operation, tuple(names))

    def match(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """The operation and its path parameters, or None (unknown path and wrong method alike)."""
        found = self._find(self._root, path.removeprefix("/").split("/"), 0, method, ())
        if found is None:
            return None
        (operation, names), values = found
        return operation, dict(zip(names, values, strict=True))

    def _find(
        self, node: _Node, segments: Sequence[str], index: int, method: str, values: tuple[str, ...]
    ) -> tuple[tuple[Operation, tuple[str, ...]], tuple[str, ...]] | None:
        if index == len(segments):
            held = node.methods.get(method)
            return (held, values) if held else None
        segment = segments[index]
        child = node.children.get(segment)
        if child is not None:
            found = self._find(child, segments, index + 1, method, values)
            if found is not None:
                return found
        if node.parameter is not None and segment:
            return self._find(node.parameter, segments, index + 1, method, (*values, segment))
        return None
