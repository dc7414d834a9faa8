"""A request under rules: what is done to it before, instead of, and after it is performed.

Of the rules that end a request (rate_limit, error, drop, truncate) the one set first wins; latencies and skews add up.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Protocol

import anyio.to_thread

from flexprice_emulator.faults.book import FaultBook
from flexprice_emulator.faults.connection import Cut
from flexprice_emulator.faults.rules import ENDINGS, REQUEST_KINDS, Rule
from flexprice_emulator.wire.errors import InternalError, ServiceUnavailableError
from flexprice_emulator.wire.routing import Operation, Reply
from flexprice_emulator.workspace.workspace import Workspace

MARK = "x-emulator-fault"


class Perform(Protocol):
    """Perform the request, its clock wrong by `skew`."""

    def __call__(self, skew: timedelta | None = None) -> Reply: ...


@dataclass(slots=True)
class Plan:
    """What the rules decided for one request."""

    before_seconds: float = 0.0
    after_seconds: float = 0.0
    skew: timedelta | None = None
    ending: Rule | None = None
    rules: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Disturbed:
    """An answer, how it is cut where it is, and which rules did it."""

    reply: Reply
    cut: Cut | None = None
    rules: tuple[str, ...] = ()


async def answer(book: FaultBook, owner: Callable[[], Workspace | None], operation: Operation, path: str, perform: Perform) -> Disturbed:
    """Perform a request, or not, and answer it as the rules of its workspace say. A caller who is not let in meets no faults."""
    workspace = await anyio.to_thread.run_sync(owner)
    plan = Plan() if workspace is None else decide(book, workspace.environment_id, operation, path)
    await asyncio.sleep(plan.before_seconds)
    ending = plan.ending
    if ending is not None and ending.options.get("when", "before") == "before" and ending.kind != "truncate":
        reply = _instead(ending)
    else:
        reply = await anyio.to_thread.run_sync(lambda: perform(plan.skew))
        if ending is not None and ending.kind == "error":
            reply = _instead(ending)
    await asyncio.sleep(plan.after_seconds)
    if ending is None:
        return Disturbed(reply, None, tuple(plan.rules))
    cut = Cut(0.0, silent=True) if ending.kind == "drop" else Cut(ending.options["keep"]) if ending.kind == "truncate" else None
    return Disturbed(replace(reply, headers={**reply.headers, MARK: ending.id}), cut, tuple(plan.rules))


def decide(book: FaultBook, environment_id: str, operation: Operation, path: str) -> Plan:
    """Ask every rule that means this request, which counts it in each."""
    plan = Plan()
    for rule in book.of(environment_id, *REQUEST_KINDS):
        if not rule.pattern.matches(operation, path):
            continue
        n = rule.strikes(overruled=rule.kind in ENDINGS and plan.ending is not None)
        if n is None:
            continue
        plan.rules.append(rule.id)
        if rule.kind == "latency":
            seconds = rule.between(rule.options["duration"], rule.options["up_to"], n)
            if rule.options["when"] == "before":
                plan.before_seconds += seconds
            else:
                plan.after_seconds += seconds
        elif rule.kind == "clock_skew":
            plan.skew = (plan.skew or timedelta(0)) + rule.options["by"]
        else:
            plan.ending = rule
    return plan


def _instead(rule: Rule) -> Reply:
    options = rule.options
    status: int = options.get("status", 429 if rule.kind == "rate_limit" else 500)
    headers: Mapping[str, str] = {} if options.get("retry_after") is None else {"retry-after": f"{options['retry_after']:g}"}
    body: Any = options.get("body")
    if isinstance(body, str):
        return Reply(body.encode(), status, "text/plain; charset=utf-8", headers)
    if body is not None:
        return Reply(body, status, headers=headers)
    if status == 429:
        return Reply({"code": "too_many_requests", "message": "Too many requests", "http_status_code": 429}, 429, headers=headers)
    if status == 500:
        return Reply(InternalError().body, status, headers=headers)
    if status == 503:
        return Reply(ServiceUnavailableError("Service unavailable").body, status, headers=headers)
    # The others are a gateway's, which knows nothing of the service's bodies.
    phrase = f"{status} {_phrase(status)}"
    page = f"<html><head><title>{phrase}</title></head><body><h1>{phrase}</h1></body></html>"
    return Reply(page.encode(), status, "text/html", headers)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
