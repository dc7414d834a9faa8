"""An engine that is broken on purpose breaks a law: each case bends one step of it, and names the law that notices.

A small company (a plan of fixed and usage charges, two coupons, a tax, a prepaid wallet) passes two months; what it then shows is judged.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from flexprice_emulator.events.usage import SqlUsage
from flexprice_emulator.invoices import compute, finalize, preview
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.rating.decimals import add, multiply
from flexprice_emulator.rating.invoice import assemble, discounts
from flexprice_emulator.rating.usage import Usage
from flexprice_emulator.subscriptions.lifecycle import cycle_invoice, periods
from flexprice_emulator.testing import laws
from flexprice_emulator.wallets import ledger
from tests.conftest import Api

START, ROLL, END = "2028-01-15T00:00:00Z", "2028-02-15T00:00:00Z", "2028-03-20T00:00:00Z"
PRICE = {"currency": "usd", "billing_period": "MONTHLY", "billing_period_count": 1, "start_date": "2020-01-01T00:00:00Z"}
Break = Callable[[pytest.MonkeyPatch], None]


class Company:
    """Its records after two months, and what a preview said at the instant before the first roll-over."""

    def __init__(self, api: Api) -> None:
        self.api = api
        api.freeze(START)
        meter = {"name": "Calls", "event_name": "calls", "aggregation": {"type": "SUM", "field": "n"}, "reset_usage": "BILLING_PERIOD"}
        feature = api.post("/features", {"name": "Calls", "lookup_key": "calls", "type": "metered", "meter": meter})
        plan = api.post("/plans", {"name": "Pro", "lookup_key": "pro"})["id"]
        common = {**PRICE, "entity_type": "PLAN", "entity_id": plan, "billing_model": "FLAT_FEE"}
        base = api.post("/prices", {**common, "type": "FIXED", "invoice_cadence": "ADVANCE", "amount": "33.33"})["id"]
        api.post("/prices", {**common, "type": "USAGE", "invoice_cadence": "ARREAR", "amount": "0.1", "meter_id": feature["meter_id"]})
        customer = api.post("/customers", {"external_id": "acme", "name": "Acme"})["id"]
        api.post("/taxes/rates", {"name": "GST", "code": "gst", "tax_rate_type": "percentage", "percentage_value": "8.875"})
        api.post("/taxes/associations", {"tax_rate_code": "gst", "entity_type": "customer", "entity_id": customer, "auto_apply": True})
        coupons = (
            ("TEN", {"type": "percentage", "percentage_off": "10"}),
            ("TWO", {"type": "fixed", "amount_off": "2", "currency": "usd"}),
        )
        for code, terms in (*coupons, ("LINE", {"type": "percentage", "percentage_off": "20"})):
            api.post("/coupons", {"name": code, "coupon_code": code, "cadence": "forever", **terms})
        wallet = {"customer_id": customer, "currency": "usd", "initial_credits_to_load": "3"}
        wallet_id = api.post("/wallets", wallet)["id"]
        attached = [{"coupon_code": "TEN"}, {"coupon_code": "TWO"}, {"coupon_code": "LINE", "price_id": base}]
        terms = {"plan_id": plan, "currency": "usd", "billing_period": "MONTHLY", "start_date": START, "subscription_coupons": attached}
        subscription_id = api.post("/subscriptions", {"customer_id": customer, **terms})["id"]
        self.events = [self._event(number) for number in range(6)]
        api.post("/events/bulk", {"events": self.events}, expect=202)
        self._advance(ROLL)
        self.preview = api.post("/invoices/preview", {"subscription_id": subscription_id})
        self._advance(END)
        self.subscription = api.get(f"/subscriptions/{subscription_id}")
        listed = [*api.get("/invoices?limit=100")["items"], *api.get("/invoices?limit=100&invoice_status=SKIPPED")["items"]]
        self.invoices = [api.get(f"/invoices/{found['id']}?expand=coupon_applications") for found in listed]
        self.meters = {feature["meter_id"]: api.get(f"/meters/{feature['meter_id']}")}
        self.rates = {rate["id"]: rate for rate in api.get("/taxes/rates")["items"]}
        self.associations = {found["id"]: found for found in api.get("/coupons/associations")["items"]}
        self.wallet = api.get(f"/wallets/{wallet_id}")
        self.transactions = api.get(f"/wallets/{wallet_id}/transactions")["items"]

    def broken(self) -> set[str]:
        """The laws that do not hold."""
        billed = [found for found in self.invoices if found["period_end"] == ROLL and found["billing_reason"] == "SUBSCRIPTION_CYCLE"]
        known = [{**event, "arrived_at": START} for event in self.events]
        found = [
            *(violation for invoice in self.invoices for violation in self._of(invoice)),
            *(violation for invoice in billed for violation in laws.preview_matches(self.preview, invoice)),
            *laws.numbering(self.invoices),
            *laws.lines_once(self.invoices),
            *laws.periods(self.subscription, self.invoices),
            *laws.anchored(self.subscription, self.invoices),
            *laws.usage_once(self.subscription, self.invoices, known, self.meters),
            *laws.ledger(self.wallet, self.transactions),
            *self._reported(known),
        ]
        return {violation.law for violation in found if not violation.documented}

    def _of(self, invoice: laws.Json) -> list[laws.Violation]:
        single = (
            laws.totals(invoice),
            laws.settlement(invoice),
            laws.taxes(invoice, self.rates),
            laws.discounts(invoice, self.associations),
        )
        return [violation for law in single for violation in law]

    def _reported(self, events: list[dict[str, Any]]) -> list[laws.Violation]:
        found = []
        for seen in laws.sightings(self.subscription, self.invoices, events, self.meters):
            report = self.api.send("GET", f"//_emulator/doctor/event/{seen.event['event_id']}").json()
            found += laws.reported(seen, report)
        return found

    def _advance(self, to: str) -> None:
        assert self.api.send("POST", "//_emulator/clock/advance", {"to": to}).status_code == 200

    @staticmethod
    def _event(number: int) -> dict[str, Any]:
        day = f"2028-{1 + number % 2 + (number > 3):02d}-{16 + 2 * (number % 3):02d}T10:00:00Z" if number != 4 else "2028-02-14T23:59:59Z"
        about = {"event_name": "calls", "external_customer_id": "acme", "event_id": f"e{number}", "timestamp": day}
        return {**about, "properties": {"n": str(10 + 7 * number)}}


def wrapped(patch: pytest.MonkeyPatch, owner: Any, name: str, bend: Callable[..., Any]) -> None:
    """Let `bend` have what a function gives."""
    whole = getattr(owner, name)
    patch.setattr(owner, name, lambda *args, **named: bend(whole(*args, **named)))


def _events_counted_twice(patch: pytest.MonkeyPatch) -> None:
    wrapped(patch, SqlUsage, "total", lambda usage: replace(usage, quantity=multiply(usage.quantity, Decimal(2))))


def _one_event_dropped(patch: pytest.MonkeyPatch) -> None:
    def later(self: SqlUsage, meter: Any, customers: Any, start: Any, end: Any) -> Usage:
        return whole(self, meter, customers, start + timedelta(days=4), end)

    whole = SqlUsage.total
    patch.setattr(SqlUsage, "total", later)


def _late_events_taken(patch: pytest.MonkeyPatch) -> None:
    def wider(self: SqlUsage, meter: Any, customers: Any, start: Any, end: Any) -> Usage:
        return whole(self, meter, customers, start, end + timedelta(days=9))

    whole = SqlUsage.total
    patch.setattr(SqlUsage, "total", wider)


def _periods_a_day_longer(patch: pytest.MonkeyPatch) -> None:
    wrapped(patch, periods, "next_billing_date", lambda end: end + timedelta(days=1))


def _period_billed_from_a_day_later(patch: pytest.MonkeyPatch) -> None:
    def draft(ctx: Any, row: Any, start: Any, end: Any, *more: Any) -> Any:
        return whole(ctx, row, start + timedelta(days=1), end, *more)

    whole = cycle_invoice.open_subscription_draft
    patch.setattr(cycle_invoice, "open_subscription_draft", draft)


def _every_charge_billed_again(patch: pytest.MonkeyPatch) -> None:
    wrapped(patch, assemble, "charge_lines", lambda lines: lines + lines)


def _tax_of_the_subtotal(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(finalize, "tax_base", lambda subtotal, total_discount: subtotal)


def _tax_twice(patch: pytest.MonkeyPatch) -> None:
    wrapped(patch, finalize, "total_tax", lambda tax: add(tax, tax))


def _coupons_in_reverse(patch: pytest.MonkeyPatch) -> None:
    def reverse(amounts: Any, line_item_ids: Any, associations: Any, *more: Any, **named: Any) -> Any:
        return whole(amounts, line_item_ids, list(associations)[::-1], *more, **named)

    whole = assemble.discount_lines
    patch.setattr(assemble, "discount_lines", reverse)


def _line_coupons_off_the_invoice_too(patch: pytest.MonkeyPatch) -> None:
    # What line coupons have taken is forgotten where the invoice's begin.
    patch.setattr(discounts, "subtract", lambda one, other: one)


def _half_a_coupon(patch: pytest.MonkeyPatch) -> None:
    def half(taken: Any) -> Any:
        return replace(taken, discount=taken.discount / 2, final=taken.amount - taken.discount / 2)

    wrapped(patch, discounts, "apply_coupon", half)


def _a_line_dearer_than_the_sum(patch: pytest.MonkeyPatch) -> None:
    def dearer(ctx: Any, invoice: InvoiceRow, draft: Any) -> Any:
        first, *rest = draft.line_items or [None]
        return whole(ctx, invoice, replace(draft, line_items=(replace(first, amount=first.amount + 1), *rest)) if first else draft)

    whole = compute.store_draft
    patch.setattr(compute, "store_draft", dearer)


def _previews_without_usage(patch: pytest.MonkeyPatch) -> None:
    def unused(request: Any) -> Any:
        return whole(replace(request, line_items=[item for item in request.line_items if item.price.type != "USAGE"]))

    whole = preview.assemble_invoice
    patch.setattr(preview, "assemble_invoice", unused)


def _a_payment_nobody_made(patch: pytest.MonkeyPatch) -> None:
    def complete(ctx: Any, invoice: InvoiceRow) -> None:
        whole(ctx, invoice)
        invoice.amount_paid = Decimal(1)

    whole = finalize.complete
    patch.setattr(finalize, "complete", complete)


def _numbers_given_twice(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(finalize, "next_number", lambda ctx: "INV-1")


def _balances_a_credit_too_high(patch: pytest.MonkeyPatch) -> None:
    def higher(ctx: Any, wallet: Any, credits: Decimal) -> None:
        whole(ctx, wallet, credits + 1)

    whole = ledger._set_balance
    patch.setattr(ledger, "_set_balance", higher)


CASES: list[tuple[Break, str]] = [
    (_events_counted_twice, "usage_once"),
    (_one_event_dropped, "usage_once"),
    (_late_events_taken, "usage_once"),
    (_periods_a_day_longer, "anchored"),
    (_period_billed_from_a_day_later, "periods"),
    (_every_charge_billed_again, "usage_once"),
    (_tax_of_the_subtotal, "taxes"),
    (_tax_twice, "taxes"),
    (_coupons_in_reverse, "discounts"),
    (_line_coupons_off_the_invoice_too, "discounts"),
    (_half_a_coupon, "discounts"),
    (_a_line_dearer_than_the_sum, "totals"),
    (_previews_without_usage, "preview_matches"),
    (_a_payment_nobody_made, "settlement"),
    (_numbers_given_twice, "numbering"),
    (_balances_a_credit_too_high, "ledger"),
]


def test_an_engine_that_is_whole_breaks_no_law(api: Api) -> None:
    company = Company(api)
    assert company.broken() == set()
    cycles = [invoice for invoice in company.invoices if invoice["billing_reason"] == "SUBSCRIPTION_CYCLE"]
    assert len(cycles) == 2
    # There is something for every law to look at.
    for figure in ("total_tax", "total_discount", "total_prepaid_credits_applied"):
        assert any(invoice[figure] != "0" for invoice in company.invoices), figure


@pytest.mark.parametrize(("bend", "law"), CASES, ids=[bend.__name__.strip("_") for bend, _ in CASES])
def test_a_broken_engine_breaks_the_law(api: Api, monkeypatch: pytest.MonkeyPatch, bend: Break, law: str) -> None:
    bend(monkeypatch)
    assert law in Company(api).broken()
