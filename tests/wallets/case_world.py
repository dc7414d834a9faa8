"""Performs the steps of wallet-cases.yaml (its first lines are the key to the format) and checks what each expects."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import select

from flexprice_client.models.base import time_text
from flexprice_emulator.invoices.drafts import new_draft
from flexprice_emulator.invoices.tables import InvoiceLineItemRow
from flexprice_emulator.wallets import operations, service
from flexprice_emulator.wallets.ledger import Credit, Debit
from flexprice_emulator.wallets.tables import AlertLogRow, WalletRow, WalletTransactionRow
from flexprice_emulator.wire.errors import EmulatorError
from tests.wallets.conftest import T0, Bank

Step = dict[str, Any]
_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1)}
_MONEY = ("amount_due", "amount_paid", "amount_remaining", "subtotal", "total", "total_discount")
_DISCOUNTS = ("line_item_discount", "invoice_level_discount")


class CaseWorld:
    """One case. `names` maps what the steps call things to ids."""

    def __init__(self, bank: Bank) -> None:
        self.bank, self.api = bank, bank.api
        self.names: dict[str, str] = {}
        self.invoices: dict[str, str] = {}
        self.last_wallet = ""

    def perform(self, step: Step) -> None:
        """Do the step, then compare everything it expects."""
        expect = step.get("expect", {})
        before = self._state()
        do: Callable[[Step], Any] = getattr(self, f"_do_{step['do']}")
        wanted = expect.get("error")
        try:
            result = do(step)
        except EmulatorError as refusal:
            if not wanted:
                raise
            _same(wanted, {"status": refusal.status, **(refusal.body or {})}, step)
        else:
            assert not wanted, f"{step} was not refused"
            self._check_result(expect, result, step)
        self._check_world(expect, step, before)

    # -- operations

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.api.send(method, path, body)
        if not answer.is_success:
            raise EmulatorError(answer.status_code, answer.json())
        return answer.json() if answer.content else None

    def _do_create_wallet(self, step: Step) -> Any:
        fields = self._filled(step.get("with", {}))
        if fields.pop("direct", False):
            return self._direct_wallet(step, fields)
        made = self._call("POST", "/wallets", {"customer_id": self.bank.customer, "currency": "usd", **fields})
        self._note(step, made["id"])
        self.last_wallet = made["id"]
        return {"wallet": made}

    def _direct_wallet(self, step: Step, fields: dict[str, Any]) -> Any:
        with self.bank.context() as ctx:
            # In a currency of its own first: of one currency and type the API opens one only.
            row = service.open_wallet(ctx, self.bank.customer, f"x{len(self.names)}x", fields["wallet_type"])
            row.currency, row.config = "usd", {"allowed_price_types": fields["allowed_price_types"]}
            operations.credit(ctx, row, Credit(Decimal(fields["credits"]), "FREE_CREDIT_GRANT"))
            self._note(step, row.id)
        return {}

    def _do_top_up(self, step: Step) -> Any:
        wallet_id = self._id(step["on"])
        body = {"idempotency_key": self.bank.key(), **self._filled(step["with"])}
        made = self._call("POST", f"/wallets/{wallet_id}/top-up", body)
        self.last_wallet = wallet_id
        self._note(step, made["wallet_transaction"]["id"])
        if "as" in step and made.get("invoice_id"):
            self.invoices[step["as"]] = made["invoice_id"]
        invoice = self._call("GET", f"/invoices/{made['invoice_id']}") if made.get("invoice_id") else None
        return {"invoice": invoice}

    def _do_debit(self, step: Step) -> Any:
        fields = self._filled(step["with"])
        self.last_wallet = self._id(step["on"])
        if fields.pop("internal", False):
            with self.bank.context() as ctx:
                row = service.get_row(ctx, self.last_wallet)
                operations.debit(ctx, row, Debit(fields["transaction_reason"], Decimal(fields["credits"])))
            return {}
        body = {"transaction_reason": "MANUAL_BALANCE_DEBIT", "idempotency_key": self.bank.key(), **fields}
        self._call("POST", f"/wallets/{self.last_wallet}/debit", body)
        return {"invoice": self._automatic_purchase(step)}

    def _automatic_purchase(self, step: Step) -> Any:
        """The invoice of the purchase that a debit started; later steps name it by the debit."""
        found = self._call("GET", f"/invoices?customer_id={self.bank.customer}")["items"]
        if "as" not in step or not found:
            return None
        self.invoices[step["as"]] = found[0]["id"]
        self.names[step["as"]] = found[0]["metadata"]["wallet_transaction_id"]
        return found[0]

    def _do_terminate(self, step: Step) -> Any:
        self.last_wallet = self._id(step["on"])
        self._call("POST", f"/wallets/{self.last_wallet}/terminate")
        return {}

    def _do_convert(self, step: Step) -> Any:
        made = self._call("POST", f"/wallets/{self._id(step['on'])}/modify", {"modification_type": "prepaid_to_postpaid"})
        self._note(step, made["new_wallet"]["id"])
        self.last_wallet = made["new_wallet"]["id"]
        return {"original": made["original_wallet"]}

    def _do_update_wallet(self, step: Step) -> Any:
        fields = self._filled(step["with"])
        return {"wallet": self._call("PUT", f"/wallets/{self._id(step['on'])}", fields)}

    def _do_get_balance(self, step: Step) -> Any:
        return {"balance": self._call("GET", f"/wallets/{self._id(step['on'])}/balance/real-time")}

    def _do_advance(self, step: Step) -> Any:
        # The clock alone: the case's own steps say what the jobs do.
        to = time_text(self._time(step["with"]["by"]))
        answer = self.api.send("POST", "//_emulator/clock", {"mode": "frozen", "now": to, "settle": False})
        assert answer.status_code == 200, answer.text
        return {}

    def _do_expire(self, step: Step) -> Any:
        with self.bank.context() as ctx:
            service.expire(ctx, ctx.session.get_one(WalletTransactionRow, self._id(step["on"])))
        return {}

    def _do_invoice(self, step: Step) -> Any:
        fields = self._filled(step["with"])
        lines = fields.pop("lines", [])
        end = fields.pop("period_end", None)
        with self.bank.context() as ctx:
            total = sum((Decimal(line["amount"]) for line in lines), Decimal(0))
            money = {name: Decimal(fields.pop(name, "0")) for name in _MONEY}
            row = new_draft(
                ctx,
                idempotency_key=self.bank.key(),
                customer_id=self.bank.customer,
                currency="usd",
                invoice_type=fields.pop("invoice_type", "ONE_OFF"),
                period_end=datetime.fromisoformat(end) if end else None,
            )
            money["total_discount"] = money["total_discount"] or sum(
                (Decimal(line.get(n, "0")) for line in lines for n in _DISCOUNTS), Decimal(0)
            )
            for name, value in {**money, "total": total, "subtotal": total, "amount_due": total, **fields}.items():
                setattr(row, name, value)
            for position, line in enumerate(lines):
                values = {name: Decimal(line.get(name, "0")) for name in ("amount", "prepaid_credits_applied", *_DISCOUNTS)}
                made = InvoiceLineItemRow(
                    id=ctx.new_id("inv_line"),
                    invoice_id=row.id,
                    position=position,
                    customer_id=self.bank.customer,
                    price_type=line["price_type"],
                    quantity=Decimal(1),
                    currency="usd",
                    **values,
                    **ctx.stamp(),
                )
                self.names[line.get("name", f"line {position}")] = ctx.add(made).id
            self._note(step, row.id)
        return {}

    def _do_pay_invoice(self, step: Step) -> Any:
        invoice_id = self._invoice_id(step["on"])
        return {"invoice": self._call("PUT", f"/invoices/{invoice_id}/payment", step["with"])}

    def _do_void(self, step: Step) -> Any:
        invoice_id = self._invoice_id(step["on"])
        self._call("POST", f"/invoices/{invoice_id}/void", {})
        return {"invoice": self._call("GET", f"/invoices/{invoice_id}")}

    def _do_credit_note(self, step: Step) -> Any:
        fields = step["with"]
        lines = [
            {"invoice_line_item_id": self._id(line["line"]), "amount": line["amount"], "display_name": "Back"} for line in fields["lines"]
        ]
        body = {
            "invoice_id": self._id(step["on"]),
            "reason": "BILLING_ERROR",
            "line_items": lines,
            "process_credit_note": fields["process"],
        }
        self._call("POST", "/creditnotes", body)
        return {}

    def _do_list_for_payment(self, step: Step) -> Any:
        with self.bank.context() as ctx:
            found = service.for_payment(ctx, self.bank.customer, step["with"]["currency"])
            return {"order": [row.id for row in found]}

    def _do_pay_with_credits(self, step: Step) -> Any:
        fields = self._filled(step["with"])
        invoice_id = self._id(step["on"])
        if fields.pop("auto", False):
            self._call("POST", f"/invoices/{invoice_id}/payment/attempt")
        else:
            body = {"destination_type": "INVOICE", "destination_id": invoice_id, "payment_method_type": "CREDITS", "currency": "usd"}
            self._call("POST", "/payments", {**body, "process_payment": True, **fields})
        invoice = self._call("GET", f"/invoices/{invoice_id}")
        payments = self._call("GET", f"/payments?destination_id={invoice_id}&limit=50")["items"]
        paid = [{"wallet": payment["payment_method_id"], "amount": payment["amount"]} for payment in reversed(payments)]
        return {"invoice": invoice, "paid": invoice["amount_paid"], "payments": paid}

    def _do_proration_credit(self, step: Step) -> Any:
        fields = step["with"]
        with self.bank.context() as ctx:
            row = service.credit_proration(
                ctx, self.bank.customer, fields["currency"], Decimal(fields["amount"]), fields["idempotency_key"]
            )
            self.last_wallet = row.wallet_id
        return {}

    # -- checks

    def _check_result(self, expect: Step, result: dict[str, Any], step: Step) -> None:
        for name in ("original", "balance", "order", "paid", "payments"):
            if name in expect:
                _same(self._renamed(expect[name]), result[name], step)
        if "invoice" in expect:
            wanted = self._renamed(expect["invoice"])
            if "lines" in wanted:
                wanted["line_items"] = wanted.pop("lines")
            _same(wanted, result["invoice"], step)

    def _check_world(self, expect: Step, step: Step, before: dict[str, Any]) -> None:
        now = self._state()
        if "wallet" in expect:
            _same(self._renamed(expect["wallet"]), self.bank.wallet(self.last_wallet), step)
        for name, held in expect.get("wallets", {}).items():
            _same(held, self.bank.wallet(self._id(name))["credit_balance"], step)
        for name, available in expect.get("available", {}).items():
            _same(available, now["rows"][self._id(name)]["credits_available"], step)
        for name, status in expect.get("tx_state", {}).items():
            _same(status, now["rows"][self._id(name)]["transaction_status"], step)
        if "tx" in expect:
            self._check_transactions(expect["tx"], now["rows"], before["rows"], step)
        events = now["events"][len(before["events"]) :]
        if "events" in expect:
            assert [event.event_name for event in events] == expect["events"], step
        if "event_alert" in expect:
            _same(expect["event_alert"], next(event.subject["alert"] for event in events if event.subject.get("alert")), step)
        if "logs" in expect:
            assert now["logs"][len(before["logs"]) :] == expect["logs"], step

    def _check_transactions(self, wanted: Any, rows: dict[str, Any], before: dict[str, Any], step: Step) -> None:
        made = [row for identity, row in rows.items() if identity not in before]
        if step["do"] == "pay_invoice":
            made = [rows[self._id(step["on"].partition(".")[0])]]
        parts = wanted if isinstance(wanted, list) else [wanted]
        assert len(made) >= len(parts), f"{step}: {made}"
        for part, row in zip(self._renamed(parts), made, strict=False):
            if "wallet" in part:
                part["wallet_id"] = part.pop("wallet")
            _same(part, row, step)

    def _state(self) -> dict[str, Any]:
        with self.bank.context() as ctx:
            found = list(ctx.session.scalars(select(WalletRow)))
            order = (AlertLogRow.created_at, AlertLogRow.id)
            logs = [
                f"{row.alert_type}={row.alert_status}@{row.alert_info['value_at_time']}"
                for row in ctx.session.scalars(select(AlertLogRow).order_by(*order))
            ]
        rows = {row["id"]: row for wallet in found for row in self.bank.rows(wallet.id)}
        return {"rows": rows, "logs": logs, "events": self.bank.outbox()}

    # -- names and times

    def _note(self, step: Step, identity: str) -> None:
        if "as" in step:
            self.names[step["as"]] = identity

    def _id(self, name: str) -> str:
        return self.names.get(name, name)

    def _invoice_id(self, name: str) -> str:
        owner, _, of = name.partition(".")
        return self.invoices[owner] if of else self._id(name)

    def _renamed(self, value: Any) -> Any:
        """Names by ids; a list of names under consumed_credit_tx_ids by the text that joins them."""
        if isinstance(value, dict):
            return {
                key: ",".join(self._id(name) for name in held) if key == "consumed_credit_tx_ids" else self._renamed(held)
                for key, held in value.items()
            }
        if isinstance(value, list):
            return [self._renamed(held) for held in value]
        return self._id(value) if isinstance(value, str) else value

    def _filled(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Relative times as times, names as ids."""
        filled = {}
        for key, value in fields.items():
            is_time = isinstance(value, str) and re.fullmatch(r"([+-]\d+[dh])+", value)
            filled[key] = time_text(self._time(str(value))) if is_time else self._renamed(value)
        return filled

    def _time(self, text: str) -> datetime:
        moment = self.bank.workspace.clock.now()
        for sign, count, unit in re.findall(r"([+-])(\d+)([dh])", text):
            moment += _UNITS[unit] * (int(count) if sign == "+" else -int(count))
        assert isinstance(moment, datetime)
        assert moment >= T0 - timedelta(days=400)
        return moment


def _same(wanted: Any, got: Any, step: Step) -> None:
    """`wanted` is a part of `got`; decimals compare as numbers."""
    if isinstance(wanted, dict):
        assert isinstance(got, dict), f"{step}: {got}"
        for key, value in wanted.items():
            assert key in got, f"{step}: {key} is missing in {got}"
            _same(value, got[key], step)
    elif isinstance(wanted, list):
        assert len(wanted) == len(got), f"{step}: {got}"
        for one, other in zip(wanted, got, strict=True):
            _same(one, other, step)
    else:
        assert wanted == got or _number(wanted) == _number(got) is not None, f"{step}: {wanted!r} is wanted, {got!r} found"


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
