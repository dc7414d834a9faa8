"""The operations of billing cases, each by the API; those without a route call the domain itself."""

from collections.abc import Callable, Mapping
from typing import Any

import httpx

from flexprice_emulator.subscriptions.lifecycle.pause import pause, resume
from tests.vectors.billing.world import OWNER, World, iso, wired

Args = Mapping[str, Any]
Operation = Callable[[World, Args], httpx.Response | None]
_SUBSCRIPTION = {
    "currency": "usd",
    "billing_period": "MONTHLY",
    "billing_period_count": 1,
    "billing_cycle": "anniversary",
    "collection_method": "charge_automatically",
}


def create_subscription(world: World, args: Args) -> httpx.Response:
    """A subscription of the owner, with the case's defaults."""
    body = {**_SUBSCRIPTION, "plan_id": world.plans["main"], **wired(args)}
    if not body.get("external_customer_id") and not body.get("customer_id"):
        body["customer_id"] = world.customers[OWNER]
    _rename(world, body)
    for phase in body.get("phases") or ():
        _rename(world, phase)
    answer = world.api.send("POST", "/subscriptions", body)
    if answer.is_success:
        world.subscriptions.append(answer.json()["id"])
    return answer


def _rename(world: World, body: dict[str, Any]) -> None:
    """Ids for the case's names."""
    if body.get("coupons"):
        body["coupons"] = [world.coupons[name] for name in body["coupons"]]
    for key in ("override_line_items", "line_items"):
        for item in body.get(key) or ():
            if "price_id" in item:
                item["price_id"] = world.named(item["price_id"])
    if body.get("line_item_commitments"):
        body["line_item_commitments"] = {world.named(name): value for name, value in body["line_item_commitments"].items()}


def ingest(world: World, args: Args) -> None:
    event = {
        "event_name": args.get("meter", "api"),
        "external_customer_id": args.get("customer", OWNER),
        "timestamp": iso(args["at"]),
        "properties": {"qty": args["qty"]},
    }
    world.api.post("/events", event)


def advance(world: World, args: Args) -> None:
    """Roll-over, end of trial and jobs are what falls due until `now`."""
    world.advance(args["now"])


def cancel(world: World, args: Args) -> httpx.Response:
    identity = child_subscription(world, args["subscription"])["id"] if "subscription" in args else world.subscription
    body = {key: value for key, value in wired(args).items() if key not in ("error", "subscription")}
    return world.api.send("POST", f"/subscriptions/{identity}/cancel", body)


def child_subscription(world: World, external_id: str) -> dict[str, Any]:
    """The subscription of another customer."""
    found: dict[str, Any] = world.api.get(f"/customers/external/{external_id}/subscriptions")["items"][0]
    return found


def chosen_invoice(world: World, args: Args) -> dict[str, Any]:
    """The invoice of a number, counted from 1; the last one without."""
    return world.invoices()[args.get("invoice", 0) - 1]


def pay(world: World, args: Args) -> httpx.Response:
    invoice = chosen_invoice(world, args)
    body = {
        "destination_type": "INVOICE",
        "destination_id": invoice["id"],
        "payment_method_type": "OFFLINE",
        "currency": invoice["currency"],
        "process_payment": True,
        **{key: value for key, value in args.items() if key not in ("invoice", "error")},
    }
    answer = world.api.send("POST", "/payments", body)
    if answer.is_success:
        world.payments.append(answer.json()["id"])
    return answer


def put_payment(world: World, args: Args) -> httpx.Response:
    body = {key: value for key, value in args.items() if key not in ("invoice", "error")}
    return world.api.send("PUT", f"/invoices/{chosen_invoice(world, args)['id']}/payment", body)


def attempt_payment(world: World, args: Args) -> httpx.Response:
    return world.api.send("POST", f"/invoices/{chosen_invoice(world, args)['id']}/payment/attempt")


def one_off(world: World, args: Args) -> httpx.Response:
    lines = [{"display_name": name, "quantity": str(quantity), "amount": amount} for name, quantity, amount in args["lines"]]
    if "finalized_at" in args:
        world.api.freeze(iso(args["finalized_at"]))
    total = args.get("amount_due") or args["lines"][0][2]
    body = {
        "customer_id": world.customers[OWNER],
        "invoice_type": "ONE_OFF",
        "currency": "usd",
        "amount_due": total,
        "subtotal": args.get("subtotal", total),
        "total": args.get("total", total),
        "line_items": lines,
    }
    return world.api.send("POST", "/invoices", body)


def void(world: World, args: Args) -> httpx.Response:
    return world.api.send("POST", f"/invoices/{chosen_invoice(world, args)['id']}/void")


def recalculate(world: World, args: Args) -> httpx.Response:
    return world.api.send("POST", f"/invoices/{chosen_invoice(world, args)['id']}/recalculate")


def credit_note(world: World, args: Args) -> httpx.Response:
    invoice = chosen_invoice(world, args)
    line = next(held for held in invoice["line_items"] if held["display_name"] == args["line"])
    body = {
        "invoice_id": invoice["id"],
        "reason": args.get("reason", "BILLING_ERROR"),
        "line_items": [{"invoice_line_item_id": line["id"], "display_name": args["line"], "amount": args["amount"]}],
        "process_credit_note": args.get("process", False),
    }
    answer = world.api.send("POST", "/creditnotes", body)
    if answer.is_success:
        world.credit_notes.append(answer.json()["id"])
    return answer


def void_credit_note(world: World, args: Args) -> httpx.Response:
    return world.api.send("POST", f"/creditnotes/{world.credit_notes[args['index'] - 1]}/void")


def wallet(world: World, args: Args) -> httpx.Response:
    body = {
        "customer_id": world.customers[OWNER],
        "currency": "usd",
        "wallet_type": args["type"],
        "initial_credits_to_load": args["credits"],
    }
    return world.api.send("POST", "/wallets", body)


def coupon(world: World, args: Args) -> httpx.Response:
    body = {"name": args["id"], **{key: value for key, value in args.items() if key != "id"}}
    answer = world.api.send("POST", "/coupons", body)
    world.coupons[args["id"]] = answer.json().get("id", "")
    return answer


def tax_rate(world: World, args: Args) -> httpx.Response:
    return world.api.send("POST", "/taxes/rates", {"name": args["code"], **args})


def tax_association(world: World, args: Args) -> httpx.Response:
    entity = {"customer": world.customers[OWNER]}
    return world.api.send("POST", "/taxes/associations", {"entity_id": entity[args["entity_type"]], **args})


def create_customer(world: World, args: Args) -> None:
    world.create_customer(args["external_id"])


def preview(world: World, args: Args) -> httpx.Response:
    answer = world.api.send("POST", "/invoices/preview", {"subscription_id": world.subscription})
    if "total" in args:
        assert answer.json()["total"] == args["total"]
    return answer


def activate(world: World, args: Args) -> httpx.Response:
    return world.api.send("POST", f"/subscriptions/{world.subscription}/activate", wired(args))


def change_v1(world: World, args: Args) -> httpx.Response:
    terms = {"billing_cadence": "RECURRING", "billing_period": "MONTHLY", "billing_period_count": 1, "billing_cycle": "anniversary"}
    answer = _change(world, args, "change/execute", terms)
    if answer.is_success and answer.json().get("new_subscription", {}).get("id"):
        world.subscriptions.append(answer.json()["new_subscription"]["id"])
    return answer


def change_v2(world: World, args: Args) -> httpx.Response:
    return _change(world, args, "change/v2/execute", {})


def _change(world: World, args: Args, path: str, terms: Args) -> httpx.Response:
    given = {key: value for key, value in wired(args).items() if key not in ("target_plan", "error")}
    body = {**terms, **given, "target_plan_id": world.plans[args["target_plan"]]}
    return world.api.send("POST", f"/subscriptions/{world.subscription}/{path}", body)


def line_id(world: World, name: str) -> str:
    """The newest open subscription line of a price."""
    lines = world.api.get(f"/subscriptions/{world.subscription}")["line_items"]
    named = [line for line in lines if line["display_name"] == name]
    return str(max(named, key=lambda line: (line["start_date"], line["id"]))["id"])


def quantity_change(world: World, args: Args) -> httpx.Response:
    item = {"id": line_id(world, args["line"]), "quantity": args["quantity"]}
    if "effective_date" in args:
        item["effective_date"] = iso(args["effective_date"])
    return modify(world, {"type": "quantity_change", "quantity_change_params": {"line_items": [item]}})


def modify(world: World, args: Args) -> httpx.Response:
    body = {key: value for key, value in wired(args).items() if not key.startswith("response_") and key != "error"}
    answer = world.api.send("POST", f"/subscriptions/{world.subscription}/modify/execute", body)
    if answer.is_success and "response_status" in args:
        changed = answer.json()["changed_resources"]["subscriptions"][0]
        assert changed["status"] == args["response_status"]
        assert changed["current_period_end"] == iso(args["response_current_period_end"])
    return answer


def add_addon(world: World, args: Args) -> httpx.Response:
    body = {"subscription_id": world.subscription, "addon_id": world.addon_id, **wired(args)}
    answer = world.api.send("POST", "/subscriptions/addon", body)
    if answer.is_success:
        world.association_id = answer.json()["id"]
    return answer


def remove_addon(world: World, args: Args) -> httpx.Response:
    return world.api.send("DELETE", "/subscriptions/addon", {"addon_association_id": world.association_id, **wired(args)})


def add_line_item(world: World, args: Args) -> httpx.Response:
    body = {key: value for key, value in wired(args).items() if key != "error"}
    if "price" in body:
        defaults = {"billing_model": "FLAT_FEE", "billing_period_count": 1, "price_unit_type": "FIAT", "display_name": "extra"}
        body["price"] = {**defaults, **body["price"]}
    return world.api.send("POST", f"/subscriptions/{world.subscription}/lineitems", body)


def delete_line_item(world: World, args: Args) -> httpx.Response:
    body = {key: value for key, value in wired(args).items() if key not in ("line", "error")}
    return world.api.send("DELETE", f"/subscriptions/lineitems/{line_id(world, args['line'])}", body)


def threshold_run(world: World, _args: Args) -> None:
    world.settle()


def pause_subscription(world: World, args: Args) -> None:
    world.within(lambda ctx, row: pause(ctx, row, **args))


def resume_subscription(world: World, args: Args) -> None:
    assert args.get("resume_mode", "immediate") == "immediate"
    world.within(resume)


OPERATIONS: dict[str, Operation] = {
    "create_subscription": create_subscription,
    "ingest": ingest,
    "renew": advance,
    "renew_workflow": advance,
    "end_trial": advance,
    "auto_cancel_job": advance,
    "cancel": cancel,
    "pay": pay,
    "put_payment": put_payment,
    "attempt_payment": attempt_payment,
    "one_off": one_off,
    "void": void,
    "recalculate": recalculate,
    "credit_note": credit_note,
    "void_credit_note": void_credit_note,
    "wallet": wallet,
    "coupon": coupon,
    "tax_rate": tax_rate,
    "tax_association": tax_association,
    "create_customer": create_customer,
    "preview": preview,
    "activate": activate,
    "change_v1": change_v1,
    "change_v2": change_v2,
    "quantity_change": quantity_change,
    "modify": modify,
    "add_addon": add_addon,
    "remove_addon": remove_addon,
    "add_line_item": add_line_item,
    "delete_line_item": delete_line_item,
    "threshold_run": threshold_run,
    "pause": pause_subscription,
    "resume": resume_subscription,
}


def run_step(world: World, name: str, args: Args) -> None:
    """Perform one step; it must fail where the case says so, and succeed where it does not. Its events are noted by name."""
    operation = OPERATIONS.get(name)
    assert operation is not None, f"unknown operation {name!r}: add it to OPERATIONS"
    before = len(world.events())
    answer = operation(world, args)
    world.events_of[name] = world.events()[before:]
    if answer is not None:
        world.responses[name] = answer.json() if answer.content and answer.headers["content-type"].startswith("application/json") else None
        if "error" in args:
            assert_refused(answer, args["error"])
        else:
            assert answer.is_success, f"{name}: {answer.status_code} {answer.text[:500]}"


def assert_refused(answer: httpx.Response, error: str) -> None:
    """`not_found` is 404, everything else 400; where the case says validation, the code says so too."""
    assert answer.status_code == (404 if error == "not_found" else 400), f"{answer.status_code} {answer.text[:500]}"
    if "validation" in error:
        assert answer.json()["code"] in ("validation_error", "invalid_operation"), answer.text
