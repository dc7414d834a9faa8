"""Runner of billing-cases.yaml: life cycles through time, by the API of a server of their own with a stopped clock."""

from collections.abc import Mapping
from typing import Any

from tests.vectors.billing.expectations import check, check_invoice, main_subscription, same, subset
from tests.vectors.billing.operations import OPERATIONS, assert_refused, run_step
from tests.vectors.billing.world import DEFAULT_CLOCK, World, iso, opened

Case = Mapping[str, Any]


def run_billing_case(case: Case) -> None:
    """All steps and what is expected after them; a matrix is run row by row."""
    if "matrix" in case:
        for row in case["matrix"]:
            with _world(case) as world:
                world.set_up(case)
                _run_row(world, row)
    else:
        with _world(case) as world:
            world.set_up(case)
            _run_steps(world, case)
            check_explanations(world)


def _world(case: Case) -> Any:
    """The clock of the case, or the time of its first job by itself, or the moment its subscription starts."""
    jobs = [step["auto_cancel_job"]["now"] for step in case.get("steps") or () if "auto_cancel_job" in step]
    starts = jobs + [step["create_subscription"].get("start_date") for step in case.get("steps") or () if "create_subscription" in step]
    return opened(iso(case.get("clock") or next((start for start in starts if start), DEFAULT_CLOCK)))


def _run_steps(world: World, case: Case) -> None:
    expect = dict(case.get("expect") or {})
    error = expect.pop("error", None)
    *steps, last = [(name, args or {}) for step in case["steps"] for name, args in step.items()]
    for name, args in steps:
        if name == "check":
            check(world, args)
        else:
            run_step(world, name, args)
    name, args = last
    if name == "check":
        check(world, args)
    else:
        run_step(world, name, {**args, "error": error} if error else args)
    if name == "renew_workflow":
        _check_synchronous(world, case)
    else:
        check(world, expect)


def _check_synchronous(world: World, case: Case) -> None:
    """The workflow's cancellation one period early loses the last period's usage; here a subscription lives until its end date."""
    assert not case["measured"]
    same("status", "active", main_subscription(world)["subscription_status"])
    world.advance("2100-01-01T00:00:00Z")
    assert main_subscription(world)["cancelled_at"] == main_subscription(world)["end_date"]


def _run_row(world: World, row: Case) -> None:
    """A row is a request, or terms of payment, or a commitment."""
    if "commitment" in row:
        _run_commitment(world, row)
        return
    request = dict(row.get("request") or {})
    if request.get("external_customer_id") == "<existing>":
        request["external_customer_id"] = "owner"
    for key in ("collection_method", "payment_behavior"):
        if row.get(key):
            request[key] = row[key]
    request.setdefault("start_date", iso(world.api.send("GET", "//_emulator/clock").json()["now"]))
    answer = OPERATIONS["create_subscription"](world, request)
    assert answer is not None
    if "error" in row:
        assert_refused(answer, row["error"])
        same("subscriptions left", 0, len(world.subscriptions))
        return
    same("status", row["status"], answer.json()["subscription_status"])
    if "invoice_pay" in row:
        check_invoice(world, {"pay": row["invoice_pay"]}, world.invoices()[0])
    if "status_after_pay" in row:
        run_step(world, "pay", {"invoice": 1, "amount": "10"})
        same("status after pay", row["status_after_pay"], main_subscription(world)["subscription_status"])


def _run_commitment(world: World, row: Case) -> None:
    run_step(world, "ingest", {"at": iso("2026-01-20"), "qty": 80})
    run_step(world, "create_subscription", {"start_date": iso("2026-01-15"), "line_item_commitments": {"api": row["commitment"]}})
    run_step(world, "renew", {"now": "2026-02-16"})
    (line,) = world.invoices()[-1]["line_items"]
    info = line["commitment_info"]
    computed = {
        "true_up": info["computed_true_up_amount"],
        "overage": info["computed_overage_amount"],
        "utilized": info["computed_commitment_utilized_amount"],
    }
    subset("amount", row["line_amount"], line["amount"])
    subset("computed", row["computed"], computed)


def check_explanations(world: World) -> None:
    """Every stored invoice explains itself, with what finalizing, paying and voiding did to it."""
    for explained in world.explanations():
        assert explained["problems"] == [], explained["invoice_id"]
