"""The archive is HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/)."""

import re
from base64 import b64decode
from typing import Any

import pytest

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
# Field -> type; a trailing ? marks what may be missing. Names that begin with _ are anybody's own.
NAMED = {"name": str, "value": str, "comment?": str}
POST_DATA = {"mimeType": str, "text": str, "params?": list, "comment?": str}
CONTENT = {"size": int, "mimeType": str, "compression?": int, "text?": str, "encoding?": str, "comment?": str}
REQUEST: dict[str, Any] = {
    "method": str,
    "url": str,
    "httpVersion": str,
    "cookies": [NAMED],
    "headers": [NAMED],
    "queryString": [NAMED],
    "postData?": POST_DATA,
    "headersSize": int,
    "bodySize": int,
    "comment?": str,
}
RESPONSE: dict[str, Any] = {
    "status": int,
    "statusText": str,
    "httpVersion": str,
    "cookies": [NAMED],
    "headers": [NAMED],
    "content": CONTENT,
    "redirectURL": str,
    "headersSize": int,
    "bodySize": int,
    "comment?": str,
}
TIMINGS = {
    "send": (int, float),
    "wait": (int, float),
    "receive": (int, float),
    "blocked?": (int, float),
    "dns?": (int, float),
    "connect?": (int, float),
    "ssl?": (int, float),
    "comment?": str,
}
ENTRY: dict[str, Any] = {
    "pageref?": str,
    "startedDateTime": TIME,
    "time": (int, float),
    "request": REQUEST,
    "response": RESPONSE,
    "cache": {"beforeRequest?": dict, "afterRequest?": dict, "comment?": str},
    "timings": TIMINGS,
    "serverIPAddress?": str,
    "connection?": str,
    "comment?": str,
}
HAR: dict[str, Any] = {
    "log": {
        "version": str,
        "creator": {"name": str, "version": str, "comment?": str},
        "browser?": dict,
        "pages?": [dict],
        "entries": [ENTRY],
        "comment?": str,
    }
}


def problems(value: Any, shape: Any, where: str = "har") -> list[str]:
    """Where a value does not have the shape."""
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return [f"{where}: no object"]
        known = {name.rstrip("?") for name in shape}
        found = [f"{where}.{name}: unknown" for name in value if name not in known and not name.startswith("_")]
        for name, inner in shape.items():
            if name.rstrip("?") in value:
                found += problems(value[name.rstrip("?")], inner, f"{where}.{name.rstrip('?')}")
            elif not name.endswith("?"):
                found.append(f"{where}.{name}: missing")
        return found
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{where}: no list"]
        return [each for index, item in enumerate(value) for each in problems(item, shape[0], f"{where}.{index}")]
    if isinstance(shape, re.Pattern):
        return [] if isinstance(value, str) and shape.fullmatch(value) else [f"{where}: no time"]
    return [] if isinstance(value, shape) and not isinstance(value, bool) else [f"{where}: {type(value).__name__}"]


@pytest.fixture
def entries(api: Any, log: Any) -> list[Any]:
    """A write, a read with a query, an empty answer, a redirect, a refusal and a PDF."""
    api.send("POST", "/customers", {"external_id": "ä", "name": "A"})
    api.send("GET", "/customers?limit=1&external_ids=%C3%A4")
    api.send("POST", "/alerts/setting/search/", {})
    customer = api.get("/customers/external/%C3%A4")
    api.send("DELETE", f"/customers/{customer['id']}")
    api.send("GET", "/nothing")
    har = log.call("GET", "/har")
    assert problems(har, HAR) == []
    found: list[Any] = har["log"]["entries"]
    return found


def test_the_structure_is_that_of_har_1_2(entries: list[Any], log: Any) -> None:
    assert len(entries) == 6
    head = log.call("GET", "/har")["log"]
    assert (head["version"], head["creator"]["name"]) == ("1.2", "flexprice-emulator")
    for entry in entries:
        timings = entry["timings"]
        assert entry["time"] == pytest.approx(timings["send"] + timings["wait"] + timings["receive"])
        assert entry["request"]["url"].startswith("http://emulator/v1/")
        sent = entry["request"].get("postData")
        assert sent is None or len(sent["text"].encode()) == entry["request"]["bodySize"]


def test_an_entry_says_what_was_sent_and_answered(entries: list[Any]) -> None:
    created, listed, redirected = entries[:3]
    assert created["request"]["postData"] == {"mimeType": "application/json", "text": '{"external_id":"ä","name":"A"}'}
    assert (created["response"]["status"], created["response"]["statusText"]) == (201, "Created")
    assert created["response"]["content"]["mimeType"] == "application/json; charset=utf-8"
    assert listed["request"]["queryString"] == [{"name": "limit", "value": "1"}, {"name": "external_ids", "value": "ä"}]
    assert listed["request"]["url"] == "http://emulator/v1/customers?limit=1&external_ids=%C3%A4"
    assert redirected["response"]["redirectURL"] == "/v1/alerts/setting/search"


def test_filters_choose_entries(entries: list[Any], log: Any) -> None:
    assert len(log.call("GET", "/har?operation=create_customer")["log"]["entries"]) == 1


def test_an_answer_that_never_came_has_status_0(api: Any, log: Any) -> None:
    from flexprice_emulator.faults.connection import BrokenConnection

    api.send("POST", "//_emulator/faults", {"kind": "drop"})
    with pytest.raises(BrokenConnection):
        api.get("/plans")
    har = log.call("GET", "/har")
    assert problems(har, HAR) == []
    (entry,) = har["log"]["entries"]
    assert (entry["response"]["status"], entry["response"]["bodySize"]) == (0, -1)
    assert entry["comment"].startswith("request 1, fault fault_")


def test_what_is_no_text_is_in_base64(api: Any, log: Any) -> None:
    api.post("/customers", {"external_id": "a", "name": "A"})
    customer = api.get("/customers/external/a")
    invoice = api.post(
        "/invoices",
        {
            "customer_id": customer["id"],
            "invoice_type": "ONE_OFF",
            "currency": "USD",
            "amount_due": "5",
            "subtotal": "5",
            "total": "5",
            "line_items": [{"display_name": "One", "amount": "5", "quantity": "1"}],
        },
    )
    api.send("GET", f"/invoices/{invoice['id']}/pdf")
    (entry,) = log.call("GET", "/har?path=*/pdf")["log"]["entries"]
    content = entry["response"]["content"]
    assert (content["mimeType"], content["encoding"]) == ("application/pdf", "base64")
    assert b64decode(content["text"]).startswith(b"%PDF")
