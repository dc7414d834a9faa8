"""/_emulator/requests: what was asked and answered, assertions about it, and an HTTP archive (docs/requests.md)."""

import json
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from flexprice_client.models.base import time_text
from flexprice_emulator.control.held import Held, Moment, Server
from flexprice_emulator.control.refusals import not_called_so
from flexprice_emulator.control.request_models import (
    STATUS,
    AssertionFailure,
    AssertionRequest,
    AssertionResponse,
    LoggedRequest,
    LoggedRequests,
)
from flexprice_emulator.faults.matching import Pattern, UnknownName
from flexprice_emulator.request_log.assertion import judge
from flexprice_emulator.request_log.har import archive
from flexprice_emulator.request_log.record import DEEPEST, is_shallow
from flexprice_emulator.request_log.redaction import redact_value
from flexprice_emulator.request_log.search import Wanted, select
from flexprice_emulator.versions import versions

Text = Annotated[str | None, Query(max_length=10_000)]


def _part(name: str, text: str | None) -> Any:
    if text is None:
        return None
    try:
        value = json.loads(text, parse_float=Decimal)
        if is_shallow(value):
            return redact_value(value)
        how = f"nested deeper than {DEEPEST} levels"
    except (ValueError, RecursionError):
        how = 'not JSON; give a part of the body, such as {"event_name": "image"}'
    raise RequestValidationError([{"type": "json", "loc": ("query", name), "msg": how, "input": text}])


def _known(place: str, operation: str | None, server: Any) -> None:
    """A name has to be one of an operation, or an assertion of `never` would hold for ever. Any path may have been asked for."""
    pattern = Pattern.parse(operation or "*")
    if not pattern.name:
        return
    try:
        pattern.check(operation or "", server.table)
    except UnknownName as unknown:
        raise not_called_so((place, "operation"), unknown.text, unknown) from None


def _wanted(
    server: Server,
    operation: Text = None,
    method: Text = None,
    path: Text = None,
    status: Annotated[str | None, Query(pattern=STATUS)] = None,
    body: Text = None,
    response: Text = None,
    since: Annotated[int, Query(ge=0)] = 0,
    since_time: Moment | None = None,
    fault: Text = None,
) -> Wanted:
    _known("query", operation, server)
    return Wanted(operation, method, path, status, _part("body", body), _part("response", response), since, since_time, fault)


Search = Annotated[Wanted, Depends(_wanted)]


def list_requests(wanted: Search, workspace: Held, server: Server, limit: Annotated[int, Query(ge=1, le=10_000)] = 100) -> LoggedRequests:
    """The last `limit` of those that are meant, oldest first. All given filters have to agree."""
    records, last_number = _log(server).records(workspace.environment_id)
    found = select(records, wanted)
    return LoggedRequests(
        environment_id=workspace.environment_id,
        items=[LoggedRequest.of(record) for record in found[-limit:]],
        total=len(found),
        kept=len(records),
        last_number=last_number,
    )


def read_request(number: int, workspace: Held, server: Server) -> LoggedRequest:
    """One by its number."""
    records, last_number = _log(server).records(workspace.environment_id)
    found = next((record for record in records if record.number == number), None)
    if found is None:
        why = "is not kept any more" if 1 <= number <= last_number else f"has not come; the last is {last_number}"
        raise HTTPException(404, f"request {number} of environment {workspace.environment_id} {why}")
    return LoggedRequest.of(found)


def assert_requests(request: AssertionRequest, workspace: Held, server: Server) -> Any:
    """Whether as many requests came as should have: 200, or 417 with what was seen and the closest mismatch."""
    records, _ = _log(server).records(workspace.environment_id)
    _known("body", request.operation, server)
    wanted = request.wanted()
    verdict = judge(records, wanted, request.bounds(), forgotten=bool(records) and records[0].number > wanted.since + 1)
    if verdict.holds:
        return AssertionResponse(count=verdict.count, numbers=list(verdict.matching))
    return JSONResponse(AssertionFailure.of(verdict).model_dump(mode="json"), 417)


def export_har(wanted: Search, request: Request, workspace: Held, server: Server) -> JSONResponse:
    """Those that are meant, as HAR 1.2."""
    records, _ = _log(server).records(workspace.environment_id)
    origin = str(request.base_url).rstrip("/").removesuffix("/_emulator")
    har = archive(select(records, wanted), version=versions()["flexprice-emulator"], origin=origin)
    name = f"flexprice-emulator-{time_text(workspace.clock.real_now())[:19].replace(':', '')}.har"
    return JSONResponse(har, headers={"content-disposition": f'attachment; filename="{name}"'})


def clear_requests(workspace: Held, server: Server) -> dict[str, Any]:
    """Forget them; numbers go on."""
    return {"environment_id": workspace.environment_id, "cleared": _log(server).clear(workspace.environment_id)}


def _log(server: Any) -> Any:
    if server.request_log is None:
        raise HTTPException(404, "the request log is switched off (serve --request-log 0)")
    return server.request_log
