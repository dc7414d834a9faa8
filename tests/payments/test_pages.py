"""The page a person sees at the provider's stand-in."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.payments.test_sandbox import Make

FORM = {"content-type": "application/x-www-form-urlencoded"}
NOBODY = {"x-api-key": None}


@pytest.fixture
def page(api: Any, connect: Make, invoice: Make, pay: Make) -> Any:
    """(payment, path of its page)."""
    connect("stripe")
    made = pay(
        invoice("1234.5"),
        "1234.5",
        payment_method_type="PAYMENT_LINK",
        payment_gateway="stripe",
        success_url="https://shop.example/thanks?a=1&b=2",
        cancel_url="https://shop.example/back",
    )
    return made, "/" + urlsplit(made["payment_url"]).path


def test_the_page_can_be_used_without_scripts_and_by_everybody(api: Any, page: Any) -> None:
    shown = api.send("GET", page[1], headers=NOBODY)
    text = shown.text
    assert (shown.status_code, shown.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert '<html lang="en">' in text
    assert "<main>" in text
    assert "<h1>Pay</h1>" in text
    assert "1,234.50 USD" in text
    assert "INV-202603-00001" in text
    assert "<script" not in text
    assert set(re.findall(r'<label for="(.*?)"', text)) <= set(re.findall(r' id="(.*?)"', text))
    assert 'href="https://shop.example/back"' in text
    assert shown.headers["content-security-policy"].startswith("default-src 'none'")


def test_paying_leads_to_the_shop(api: Any, page: Any) -> None:
    made, path = page
    answer = api.send("POST", path, raw=b"action=pay", headers={**NOBODY, **FORM})
    assert (answer.status_code, answer.headers["location"]) == (303, "https://shop.example/thanks?a=1&b=2")
    assert api.get(f"/payments/{made['id']}")["payment_status"] == "SUCCEEDED"
    after = api.send("GET", path).text
    assert 'role="status"' in after
    assert "<form" not in after
    assert 'href="https://shop.example/thanks?a=1&amp;b=2"' in after
    assert api.send("POST", path, raw=b"action=pay", headers=FORM).status_code == 303


def test_a_refusal_stays_on_the_page_and_says_why(api: Any, page: Any) -> None:
    made, path = page
    answer = api.send("POST", path, raw=b"action=decline&decline_code=%3Cb%3E", headers={**NOBODY, **FORM})
    assert (answer.status_code, "/" + answer.headers["location"]) == (303, path)
    after = api.send("GET", path).text
    assert 'role="alert"' in after
    assert "&lt;b&gt;" in after
    assert "<b>" not in after
    assert api.get(f"/payments/{made['id']}")["payment_status"] == "FAILED"


@pytest.mark.parametrize("name", ["x<script>", "名前", "O'Neil & Söhne"])
def test_names_are_shown_as_text(api: Any, page: Any, customer: str, name: str) -> None:
    api.put(f"/customers/{customer}", {"name": name})
    text = api.send("GET", page[1]).text
    assert "<script" not in text
    assert "名前" in text or "&amp;" in text or "&lt;script&gt;" in text


def test_only_web_addresses_are_followed(api: Any, connect: Make, invoice: Make, pay: Make) -> None:
    connect("stripe")
    link = {"payment_method_type": "PAYMENT_LINK", "payment_gateway": "stripe"}
    made = pay(invoice(), "5", success_url="javascript:alert(1)", cancel_url="data:x", **link)
    path = "/" + urlsplit(made["payment_url"]).path
    assert "javascript" not in api.send("GET", path).text
    assert api.send("POST", path, raw=b"action=pay", headers=FORM).headers["location"].startswith("/_emulator/")


def test_pages_that_do_not_exist(api: Any, page: Any) -> None:
    path = page[1]
    assert api.send("GET", path + "x").status_code == 404
    assert api.send("GET", "//_emulator/payments/pay/env_nope/cs_1").status_code == 404
    assert api.send("POST", path, raw=b"action=steal", headers=FORM).status_code == 422
    assert api.send("POST", path, raw=b"", headers=FORM).status_code == 422
    assert api.send("GET", "//_emulator/payments/pages/cs_1").status_code == 404
    assert api.send("POST", "//_emulator/payments/inbound/inwh_1/repeat").status_code == 404


def test_a_card_that_must_be_authenticated_has_a_page(
    api: Any, invoice: Make, pay: Make, sandbox: Make, press: Make, page_of: Make
) -> None:
    sandbox("require_action")
    bill = invoice()
    made = pay(bill, "100", payment_method_type="CARD", payment_method_id="pm_1")
    assert made["payment_url"] == page_of(payment_id=made["id"])["url"]
    press(page_of(payment_id=made["id"])["id"], "decline", decline_code="authentication_required")
    assert api.get(f"/payments/{made['id']}")["error_message"] == "declined: authentication_required"
    press(page_of(payment_id=made["id"])["id"], "pay")
    assert api.get(f"/invoices/{bill}")["payment_status"] == "SUCCEEDED"
