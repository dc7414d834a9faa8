"""A company's year: the laws of billing hold at every step, and one seed has one outcome."""

import os
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

from flexprice_emulator.testing import laws
from tests.scenarios.year import outcome
from tests.scenarios.year.joining import fill
from tests.scenarios.year.journey import Journey
from tests.scenarios.year.judge import Judge
from tests.scenarios.year.local import local
from tests.scenarios.year.world import START, World

MONTHS = 12
# What a year must hold of everything, each at least once.
KINDS = (
    *("SUBSCRIPTION_CREATE", "SUBSCRIPTION_TRIAL_END", "SUBSCRIPTION_UPDATE", "PRORATION", "AUTO_INVOICE_THRESHOLD", "ONE_OFF"),
    *("VOIDED", "SKIPPED", "recalculated", "taxed", "credited", "discounted", "once", "repeated", "forever", "fixed", "percentage"),
    *("SUCCEEDED", "PENDING", "FAILED", "PRE_PAID", "POST_PAID", "SUBSCRIPTION_CREDIT_GRANT"),
    *("MONTHLY", "WEEKLY", "ANNUAL", "calendar", "anniversary", "on a day that some months lack"),
    *("cancelled", "parent", "inherited", "grouped_invoicing", "paid for by another", "committed", "changed plan", "addon"),
    *("phased", "activated", "heir who came later"),
)


# Finalized two hours after the roll-over, as by default, or at once: then what is unpaid stops a subscription.
@pytest.mark.parametrize(("seed", "members", "finalization_delay_seconds"), [("maple", 30, 7200), ("birch", 16, 0)])
def test_the_laws_of_billing_hold_through_a_year(seed: str, members: int, finalization_delay_seconds: int) -> None:
    with local(seed, START) as api:
        world = fill(World(api, seed, finalization_delay_seconds), members)
        judge = Judge(world)
        journey = Journey(world, judge, actions_a_month=2)
        for month in range(MONTHS):
            journey.month(month)
        invoices = world.invoices()
        mix = _mix(world, invoices)
    print(f"{seed}: {len(invoices)} invoices, {judge.steps} steps, {judge.compared} previews compared, {judge.reported} events examined")
    print(f"deviations that docs/quirks.md names: {dict(judge.documented)}; drafts held up: {len(world.waiting_drafts)}")
    print(f"of every kind: {dict(mix)}")
    assert judge.compared > 5 * members
    assert mix["SUBSCRIPTION_CYCLE"] > 6 * members
    # Without drafts none can be calculated again in its place.
    expected = (*KINDS, "calculated again") if finalization_delay_seconds else KINDS
    assert {kind for kind in expected if not mix[kind]} == set()
    # Nothing deviates but what docs/quirks.md names, and that is rare.
    assert sum(judge.documented.values()) < len(invoices) / 4
    assert len(world.waiting_drafts) < len(invoices) / 10


def test_one_seed_has_one_outcome_in_every_process() -> None:
    command = [sys.executable, "-m", outcome.__name__, "oak", "7", "4"]
    runs = [
        subprocess.Popen(command, env={**os.environ, "PYTHONHASHSEED": hash_seed}, stdout=subprocess.PIPE, text=True)
        for hash_seed in ("1", "2")
    ]
    one, other = (run.communicate()[0].split() for run in runs)
    assert one == other
    assert int(one[1]) > 20


def test_another_seed_has_another() -> None:
    assert laws.digest(outcome.run("oak", 2, 1)) != laws.digest(outcome.run("ash", 2, 1))


def _mix(world: World, invoices: list[dict[str, Any]]) -> Counter[str]:
    """What there was in a year, by kind."""
    mix: Counter[str | None] = Counter()
    for invoice in invoices:
        mix.update((invoice.get("billing_reason"), invoice["invoice_status"], invoice["invoice_type"]))
        mix["recalculated"] += bool(invoice.get("recalculated_invoice_id"))
        for kind, figure in (("taxed", "total_tax"), ("credited", "total_prepaid_credits_applied"), ("discounted", "total_discount")):
            mix[kind] += invoice[figure] != "0"
    mix["activated"] = world.asked["subscriptions/activate", True]
    mix["calculated again"] = world.asked["invoices/recalculate-v2", True]
    mix["heir who came later"] = sum(len(member.heirs) % 2 for member in world.members)
    everything = world.everything()
    coupons = {coupon["id"]: coupon for coupon in everything["coupons"]}
    for application in (found for invoice in everything["invoices"] for found in invoice.get("coupon_applications") or ()):
        mix.update((coupons[application["coupon_id"]]["cadence"], coupons[application["coupon_id"]]["type"]))
    mix.update(payment["payment_status"] for payment in everything["payments"])
    mix.update(invoice["payment_status"] for invoice in invoices)
    mix.update(wallet["wallet_type"] for wallet in everything["wallets"])
    mix.update(entry["transaction_reason"] for entries in everything["transactions"] for entry in entries)
    for subscription in (*everything["subscriptions"], *world.pages("/subscriptions", subscription_type="inherited")):
        for about in ("billing_period", "billing_cycle", "subscription_status", "subscription_type"):
            mix[subscription[about]] += 1
        mix["on a day that some months lack"] += int(subscription["billing_anchor"][8:10]) > 28
        mix["paid for by another"] += bool(subscription.get("invoicing_customer_id"))
        mix["phased"] += len(subscription.get("phases") or []) > 1
        mix["committed"] += bool(subscription.get("commitment_amount"))
        lines = subscription.get("line_items") or []
        mix["changed plan"] += len({line["entity_id"] for line in lines if line["entity_type"] == "plan"}) > 1
        mix.update(line["entity_type"] for line in lines)
    return mix
