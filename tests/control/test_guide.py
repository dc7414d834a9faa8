"""/_emulator/docs: every route of the table, on a page that asks nothing of another host."""

import re
from html import unescape

from flexprice_emulator.control.routes import ROUTES
from tests.conftest import Api


def test_the_page_names_every_route_and_its_fields(api: Api) -> None:
    answer = api.send("GET", "//_emulator/docs")
    assert answer.headers["content-type"].startswith("text/html")
    shown = {(method, unescape(path)) for method, path in re.findall(r"<h3><b>(\w+)</b>([^<]+)</h3>", answer.text)}
    schema = api.send("GET", "//_emulator/openapi.json").json()
    assert shown == {(method.upper(), path) for path, held in schema["paths"].items() for method in held}
    assert len(shown) >= len(ROUTES) - 5  # pages for people and signed callbacks are in no schema
    assert ">decline_code<" in answer.text


def test_the_page_loads_nothing_from_elsewhere(api: Api) -> None:
    text = api.send("GET", "//_emulator/docs").text
    assert re.findall(r"<script|<link|@import|https?://", text) == []


def test_code_in_descriptions_is_shown_as_code(api: Api) -> None:
    text = api.send("GET", "//_emulator/docs").text
    assert "`" not in text
    assert "or <code>current</code>: the workspace of the request" in text


def test_each_kind_of_a_body_has_its_own_fields_and_what_all_take_is_said_once(api: Api) -> None:
    text = api.send("GET", "//_emulator/docs").text
    faults = text.partition("/_emulator/faults</h3>")[2].partition("/_emulator/faults/{fault_id}")[0]
    assert faults.count("<td>probability</td>") == 1
    latency = faults.partition("<h4>kind <code>latency</code></h4>")[2].partition("<h4>")[0]
    assert re.findall(r"<tr><td>(\w+)</td>", latency) == ["duration", "up_to", "when"]


def test_the_control_plane_s_root_leads_to_the_page(api: Api) -> None:
    for path in ("", "/"):
        answer = api.send("GET", f"//_emulator{path}")
        assert (answer.status_code, answer.headers["location"]) == (307, "/_emulator/docs")
