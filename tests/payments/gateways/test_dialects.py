"""Laws of the providers' dialects."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexprice_emulator.payments.gateways.dialect import Arrival, Stamp
from flexprice_emulator.payments.gateways.report import Kind, Report, from_minor, to_minor
from flexprice_emulator.payments.gateways.table import DIALECTS, GATEWAYS

STAMP = Stamp("evt_1", datetime(2026, 3, 1, tzinfo=UTC))
SECRETS = {"webhook_secret": "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}
URL = "http://emulator/v1/webhooks/x/t/e"
ids = st.from_regex(r"[a-z]{2,4}_[A-Z0-9]{4,26}", fullmatch=True)
currencies = st.sampled_from(["usd", "jpy", "kwd", "eur"])


@st.composite
def reports(draw: st.DrawFn, *kinds: Kind) -> Report:
    currency = draw(currencies)
    amount = from_minor(draw(st.integers(1, 10**11)), currency)
    return Report(
        draw(st.sampled_from(kinds)),
        payment_id=draw(ids),
        customer_id=draw(ids),
        page_id=draw(ids),
        gateway_payment_id=draw(ids),
        gateway_invoice_id=draw(ids),
        amount=amount,
        currency=currency,
        decline_code=draw(st.sampled_from(["", "do_not_honor"])),
    )


@given(provider=st.sampled_from(sorted(GATEWAYS)), report=reports("payment_succeeded", "payment_failed", "link_closed", "invoice_paid"))
def test_what_a_dialect_writes_it_reads_back(provider: str, report: Report) -> None:
    dialect = GATEWAYS[provider]
    if report.kind != "payment_failed":
        report = replace(report, decline_code="")
    written = dialect.write(report, SECRETS, STAMP)
    if written is None:
        assert provider not in ("stripe", "razorpay")
        return
    name, body = written
    read_name, read = dialect.read(json.loads(json.dumps(body)))
    assert read is not None
    assert (read_name, read.kind) == (name, report.kind)
    if report.kind != "invoice_paid":
        assert (read.payment_id, read.customer_id) == (report.payment_id, report.customer_id)
    if report.kind == "payment_succeeded":
        assert (read.amount, read.currency, read.gateway_payment_id) == (report.amount, report.currency, report.gateway_payment_id)
    if report.kind == "payment_failed":
        assert read.decline_code == report.decline_code or not report.decline_code
    if report.kind == "invoice_paid":
        assert (read.gateway_invoice_id, read.amount) == (report.gateway_invoice_id, report.amount)


@given(
    provider=st.sampled_from(sorted(GATEWAYS)), report=reports("payment_succeeded"), secret=st.sampled_from([*SECRETS.values(), "", "x"])
)
def test_what_a_dialect_signs_it_accepts(provider: str, report: Report, secret: str) -> None:
    dialect, secrets = GATEWAYS[provider], {"webhook_secret": secret}
    written = dialect.write(report, secrets, STAMP)
    assert written is not None
    body = json.dumps(written[1]).encode()
    headers = {name.lower(): value for name, value in dialect.sign(secrets, URL, body, STAMP).items()}
    assert dialect.check(secrets, Arrival("POST", URL, headers, body)) is None


@given(
    body=st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner, max_size=4))
)
@pytest.mark.parametrize("provider", sorted(DIALECTS))
def test_reading_never_fails(provider: str, body: object) -> None:
    given_body = body if isinstance(body, dict) else {"data": body, "payload": body, "type": body, "event": body}
    assert isinstance(DIALECTS[provider].read(given_body)[0], str)


@given(amount=st.integers(0, 10**12), currency=currencies)
def test_minor_units_come_back(amount: int, currency: str) -> None:
    assert to_minor(from_minor(amount, currency), currency) == amount


def test_minor_units_of_currencies() -> None:
    assert [to_minor(Decimal("12"), "jpy"), to_minor(Decimal("12.34"), "usd"), to_minor(Decimal("1.234"), "kwd")] == [12, 1234, 1234]
    assert [from_minor(value, "usd") for value in (True, "5", 1.5, None)] == [None] * 4


@pytest.mark.parametrize(
    ("kind", "page", "name", "about", "status"),
    [
        ("payment_succeeded", "cs_1", "checkout.session.completed", "checkout.session", "complete"),
        ("payment_succeeded", "", "payment_intent.succeeded", "payment_intent", "succeeded"),
        ("payment_failed", "", "payment_intent.payment_failed", "payment_intent", "requires_payment_method"),
        ("link_closed", "cs_1", "checkout.session.expired", "checkout.session", "expired"),
        ("setup_succeeded", "cs_1", "setup_intent.succeeded", "setup_intent", "succeeded"),
        ("setup_failed", "cs_1", "setup_intent.setup_failed", "setup_intent", "requires_payment_method"),
        ("invoice_paid", "", "invoice_payment.paid", "invoice_payment", "paid"),
    ],
)
def test_stripe_s_events_say_what_became_of_the_object(kind: Kind, page: str, name: str, about: str, status: str) -> None:
    report = Report(kind, payment_id="pay_1", page_id=page, gateway_payment_id="pi_1", amount=Decimal(5), currency="usd")
    written = GATEWAYS["stripe"].write(report, SECRETS, STAMP)
    assert written is not None
    thing = written[1]["data"]["object"]
    assert (written[0], written[1]["type"], thing["object"], thing["status"]) == (name, name, about, status)
