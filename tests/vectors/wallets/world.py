"""Steps of wallet cases beyond wallets themselves: settings, grants and their applications, drafts that are finalized."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from flexprice_client.models.base import time_text
from flexprice_emulator.grants import applications, schedule
from flexprice_emulator.grants.service import on_subscription_cancelled
from flexprice_emulator.grants.tables import CreditGrantApplicationRow, CreditGrantRow
from flexprice_emulator.invoices.finalize import settle
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.rating.periods import add_billing_period
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.wallets.tables import WalletTransactionRow
from tests.wallets.case_world import CaseWorld, Step
from tests.wallets.case_world import _same as same
from tests.wallets.conftest import T0

_RELATIVE = re.compile(r"(?:[+-]\d+(?:mo|[smhdwy]))+\Z")
_PART = re.compile(r"([+-])(\d+)(mo|[smhdwy])")
_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_CALENDAR = {"mo": 1, "y": 12}
_MONTHLY = {"billing_period": "MONTHLY", "billing_period_count": 1, "billing_cycle": "anniversary"}


class VectorWorld(CaseWorld):
    """One case of the format, whichever steps it takes."""

    def _do_set_setting(self, step: Step) -> Any:
        """`{key, value}`, or values by key; a value is laid over the present one."""
        given = step["with"]
        changes = {given["key"]: given["value"]} if {"key", "value"} <= set(given) else given
        for key, value in ({step["on"]: given} if "on" in step else changes).items():
            held = self._call("GET", f"/settings/{key}")["value"]
            self._call("PUT", f"/settings/{key}", {"value": {**held, **value}})
        return {}

    def _do_subscription(self, step: Step) -> Any:
        """Of a plan that costs 10 a month; status and period are what the case says."""
        fields = self._filled(step.get("with", {}))
        status = fields.pop("status", None)
        periods = {name: fields.pop(name) for name in ("current_period_start", "current_period_end") if name in fields}
        plan = self._call("POST", "/plans", {"name": f"Plan {len(self.names)}", "lookup_key": f"plan-{len(self.names)}"})["id"]
        terms = {**_MONTHLY, **{name: fields[name] for name in ("billing_period", "billing_period_count") if name in fields}}
        price = {"amount": "10", "entity_type": "PLAN", "entity_id": plan, "start_date": time_text(T0 - timedelta(days=4000))}
        kind = {"type": "FIXED", "price_unit_type": "FIAT", "billing_model": "FLAT_FEE", "invoice_cadence": "ADVANCE"}
        currency = fields.get("currency", "usd")
        cycle = {name: terms[name] for name in ("billing_period", "billing_period_count")}
        self._call("POST", "/prices", {**price, **kind, **cycle, "currency": currency})
        body = {"customer_id": self.bank.customer, "plan_id": plan, "credit_grants": [], "collection_method": "send_invoice"}
        made = self._call("POST", "/subscriptions", {**body, **terms, "currency": currency, **fields})
        with self.bank.context() as ctx:
            row = ctx.session.get_one(SubscriptionRow, made["id"])
            for name, moment in periods.items():
                setattr(row, name, datetime.fromisoformat(moment))
            row.subscription_status = status or row.subscription_status
        self._note(step, made["id"])
        return {}

    def _do_grant(self, step: Step) -> Any:
        made = self._call("POST", "/creditgrants", {"name": "Grant", **self._filled(step["with"])})
        self._note(step, made["id"])
        return {}

    def _do_update_grant(self, step: Step) -> Any:
        self._call("PUT", f"/creditgrants/{self._id(step['on'])}", self._filled(step["with"]))
        return {}

    def _do_delete_grant(self, step: Step) -> Any:
        self._call("DELETE", f"/creditgrants/{self._id(step['on'])}", self._filled(step.get("with", {})) or None)
        return {}

    def _do_cancel_grants(self, step: Step) -> Any:
        fields = self._filled(step.get("with", {}))
        with self.bank.context() as ctx:
            row = ctx.session.get_one(SubscriptionRow, self._id(step.get("on") or fields["subscription_id"]))
            row.subscription_status = "cancelled"
            at = fields.get("effective_date") or fields.get("at")
            on_subscription_cancelled(ctx, row, datetime.fromisoformat(at) if at else ctx.now)
        return {}

    def _do_run_grants(self, _step: Step) -> Any:
        """The job: whatever is open and past its time. Its answer counts every application it handled as a success."""
        with self.bank.context() as ctx:
            subscriptions = {row.id: row for row in ctx.session.scalars(select(SubscriptionRow))}
            found = [row for row in applications.open_of(ctx, subscriptions) if row.scheduled_for < ctx.now]
            for row in found:
                grant = ctx.session.get_one(CreditGrantRow, row.credit_grant_id)
                applications.process(ctx, row, grant, subscriptions[row.subscription_id])
        count = len(found)
        return {"result": {"success_applications_count": count, "failed_applications_count": 0, "total_applications_count": count}}

    def _do_prorate_grant(self, step: Step) -> Any:
        fields = step["with"]
        start, end, at = (datetime.fromisoformat(f"{fields[name]}T00:00:00+00:00") for name in ("period_start", "period_end", "at"))
        return {"credits": schedule.prorated_credits(Decimal(fields["credits"]), start, end, at)}

    def _do_finalize(self, step: Step) -> Any:
        invoice_id = self._invoice_id(step["on"])
        self._call("POST", f"/invoices/{invoice_id}/finalize")
        return {"invoice": self._call("GET", f"/invoices/{invoice_id}")}

    def _do_adjust(self, step: Step) -> Any:
        """Credits onto a draft's usage lines, and its totals; it stays a draft."""
        invoice_id = self._invoice_id(step["on"])
        with self.bank.context() as ctx:
            settle(ctx, ctx.session.get_one(InvoiceRow, invoice_id), ())
        invoice = self._call("GET", f"/invoices/{invoice_id}")
        return {"invoice": invoice, "applied": invoice["total_prepaid_credits_applied"]}

    # -- checks

    def _check_result(self, expect: Step, result: dict[str, Any], step: Step) -> None:
        for name in ("result", "credits", "applied"):
            if name in expect:
                same(expect[name], result[name], step)
        super()._check_result(expect, result, step)

    def _check_world(self, expect: Step, step: Step, before: dict[str, Any]) -> None:
        self._look_at_wallet(step, before)
        super()._check_world(self._timed(expect), step, before)
        if "applications" in expect:
            found = self._applications()
            assert len(found) == len(expect["applications"]), f"{step}: {found}"
            same(self._timed(expect["applications"]), found, step)

    def _check_transactions(self, wanted: Any, rows: dict[str, Any], before: dict[str, Any], step: Step) -> None:
        """`period_start+45d` counts from the period of the application that the row is of."""
        starts = {row["id"]: row["period_start"] for row in self._applications()} if "period_start" in str(wanted) else {}
        made = [row for identity, row in rows.items() if identity not in before]
        parts = [
            {key: self._since(starts, row, value) for key, value in part.items()}
            for part, row in zip(wanted if isinstance(wanted, list) else [wanted], made, strict=False)
        ] or wanted
        super()._check_transactions(parts, rows, before, step)

    def _since(self, starts: Mapping[str, str], row: dict[str, Any], value: Any) -> Any:
        if not (isinstance(value, str) and value.startswith("period_start")):
            return value
        start = datetime.fromisoformat(starts[row["metadata"]["cga_id"]])
        return time_text(shifted(start, value.removeprefix("period_start")))

    def _look_at_wallet(self, step: Step, before: dict[str, Any]) -> None:
        """`expect.wallet` is the wallet acted upon, or else the one that the step's last entry is in."""
        acted = self._id(str(step.get("on", "")).partition(".")[0])
        made = self._id(str(step.get("as", "")))
        if made.startswith("wallet_"):
            acted = made
        if acted.startswith("wallet_"):
            self.last_wallet = acted
            return
        with self.bank.context() as ctx:
            order = (WalletTransactionRow.created_at.desc(), WalletTransactionRow.id.desc())
            newest = ctx.session.scalar(select(WalletTransactionRow).order_by(*order).limit(1))
            if acted.startswith("wtxn_"):
                newest = ctx.session.get_one(WalletTransactionRow, acted)
            if newest is not None and (acted.startswith("wtxn_") or newest.id not in before["rows"]):
                self.last_wallet = newest.wallet_id

    def _applications(self) -> list[dict[str, Any]]:
        """By period_start, times as text."""
        with self.bank.context() as ctx:
            row = CreditGrantApplicationRow
            found = ctx.session.scalars(select(row).order_by(row.period_start, row.id)).all()
            return [
                {
                    column.key: time_text(value) if isinstance(value := getattr(held, column.key), datetime) else value
                    for column in row.__mapper__.column_attrs
                }
                for held in found
            ]

    # -- times

    def _timed(self, value: Any) -> Any:
        """Relative times of expectations as times."""
        if isinstance(value, dict):
            return {key: self._timed(held) for key, held in value.items()}
        if isinstance(value, list):
            return [self._timed(held) for held in value]
        if isinstance(value, str) and _RELATIVE.match(value):
            return time_text(self._time(value))
        return value

    def _filled(self, fields: dict[str, Any]) -> dict[str, Any]:
        return {key: self._timed(value) if _is_relative(value) else self._renamed(value) for key, value in fields.items()}

    def _time(self, text: str) -> datetime:
        return shifted(self.bank.workspace.clock.now(), text)


def shifted(moment: datetime, text: str) -> datetime:
    """A moment and then each part of `-2mo-5d` in turn."""
    for sign, digits, unit in _PART.findall(text):
        count = int(sign + digits)
        if unit in _UNITS:
            moment += _UNITS[unit] * count
        else:
            moment = add_billing_period(moment, "MONTHLY", count * _CALENDAR[unit])
    return moment


def _is_relative(value: Any) -> bool:
    return isinstance(value, str) and bool(_RELATIVE.match(value))
