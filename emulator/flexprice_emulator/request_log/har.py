"""Records as an HTTP archive, HAR 1.2: what browsers' and proxies' tools read."""

from base64 import b64encode
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from flexprice_client.models.base import time_text
from flexprice_emulator.request_log.record import Headers, Record, text_of
from flexprice_emulator.request_log.redaction import redact_text


def archive(records: Sequence[Record], *, version: str, origin: str) -> dict[str, Any]:
    """All of them, oldest first. `origin`: such as http://127.0.0.1:8080."""
    creator = {"name": "flexprice-emulator", "version": version}
    return {"log": {"version": "1.2", "creator": creator, "pages": [], "entries": [_entry(record, origin) for record in records]}}


def _entry(record: Record, origin: str) -> dict[str, Any]:
    milliseconds = round(record.seconds * 1000, 3)
    comment = [f"request {record.number}", *(f"fault {rule}" for rule in record.faults)]
    return {
        "startedDateTime": time_text(record.real_time),
        "time": milliseconds,
        "request": _request(record, origin),
        "response": _response(record),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": ", ".join(comment),
        "_operation": record.operation,
        "_workspaceTime": time_text(record.time),
    }


def _request(record: Record, origin: str) -> dict[str, Any]:
    query = record.query
    request: dict[str, Any] = {
        "method": record.method,
        "url": origin + quote(redact_text(record.path)) + (f"?{urlencode(query)}" if query else ""),
        "httpVersion": f"HTTP/{record.http_version}",
        "cookies": [],
        "headers": header_list(record.request_headers),
        "queryString": [{"name": name, "value": value} for name, value in query],
        "headersSize": -1,
        "bodySize": record.request_size,
    }
    if record.request_size:
        request["postData"] = {"mimeType": _header(record.request_headers, b"content-type"), "text": text_of(record.request_body)}
        if record.request_cut:
            request["postData"]["comment"] = _cut(len(record.request_body), record.request_size)
    return request


def _response(record: Record) -> dict[str, Any]:
    content: dict[str, Any] = {"size": record.response_size, "mimeType": _header(record.response_headers, b"content-type") or "x-unknown"}
    if record.response_body and _is_text(content["mimeType"]):
        content["text"] = text_of(record.response_body)
    elif record.response_body:
        content |= {"text": b64encode(record.response_body).decode(), "encoding": "base64"}
    if record.response_cut:
        content["comment"] = _cut(len(record.response_body), record.response_size)
    return {
        # Tools write 0 where no answer came.
        "status": record.status or 0,
        "statusText": _phrase(record.status),
        "httpVersion": f"HTTP/{record.http_version}",
        "cookies": [],
        "headers": header_list(record.response_headers),
        "content": content,
        "redirectURL": _header(record.response_headers, b"location"),
        "headersSize": -1,
        "bodySize": record.response_size if record.status is not None else -1,
    }


def header_list(headers: Headers) -> list[dict[str, str]]:
    """[{name, value}], redacted."""
    return [{"name": name.decode("latin-1"), "value": redact_text(value.decode("latin-1"))} for name, value in headers]


def _header(headers: Headers, wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in headers if name == wanted), "")


def _is_text(media_type: str) -> bool:
    return media_type.startswith(("text/", "application/json", "x-unknown"))


def _cut(kept: int, size: int) -> str:
    return f"cut after {kept} of {size} bytes"


def _phrase(status: int | None) -> str:
    try:
        return HTTPStatus(status).phrase if status is not None else ""
    except ValueError:
        return ""
