"""Parts of a subscription beyond the plan's lines: trials, phases, extra lines, add-ons, heirs, payers."""

from tests.subscriptions.shop import ADVANCE, START, Shop, lines, usage


def test_trial_from_the_price_opens_with_a_paid_zero_invoice(shop: Shop) -> None:
    plan = shop.plan("pro", {**ADVANCE, "trial_period_days": 14})
    made = shop.subscribe(shop.customer(), plan)
    assert made["subscription_status"] == "trialing"
    assert (made["trial_start"], made["trial_end"], made["current_period_end"]) == (START, "2026-03-15T00:00:00Z", "2026-03-15T00:00:00Z")
    invoice = made["latest_invoice"]
    assert (invoice["billing_reason"], invoice["total"], invoice["payment_status"]) == ("SUBSCRIPTION_TRIAL_START", "0", "SUCCEEDED")
    assert lines(invoice) == [("Base", "1", "0")]
    assert invoice["paid_at"]


def test_a_sent_trial_invoice_stays_pending(shop: Shop) -> None:
    made = shop.subscribe(shop.customer(), shop.plan("pro", ADVANCE), trial_period_days=7, collection_method="send_invoice")
    assert (made["latest_invoice"]["payment_status"], made["latest_invoice"]["invoice_status"]) == ("PENDING", "FINALIZED")


def test_phases_hold_plan_lines_of_their_own(shop: Shop) -> None:
    plan = shop.plan("pro", ADVANCE)
    price_id = plan["price_ids"][0]
    turn = "2026-04-01T00:00:00Z"
    made = shop.subscribe(
        shop.customer(),
        plan,
        phases=[
            {"start_date": START, "end_date": turn, "override_line_items": [{"price_id": price_id, "amount": "1"}]},
            {"start_date": turn, "override_line_items": [{"price_id": price_id, "amount": "4"}]},
        ],
    )
    # The first phase's own overrides are ignored, and the answer shows its lines only.
    assert made["latest_invoice"]["total"] == "30"
    assert len(made["line_items"]) == 1
    read = shop.api.get(f"/subscriptions/{made['id']}")
    assert sorted((line["start_date"], line["end_date"], line["price"]["amount"]) for line in read["line_items"]) == [
        (START, turn, "30"),
        (turn, "0001-01-01T00:00:00Z", "4"),
    ]
    assert [phase["start_date"] for phase in read["phases"]] == [turn, START]


def test_extra_line_gets_a_price_of_the_subscription(shop: Shop) -> None:
    extra = {
        "type": "FIXED",
        "price_unit_type": "FIAT",
        "billing_period": "MONTHLY",
        "billing_period_count": 1,
        "billing_model": "FLAT_FEE",
        "invoice_cadence": "ADVANCE",
        "amount": "4",
        "display_name": "Extra",
    }
    made = shop.subscribe(shop.customer(), shop.plan("pro", ADVANCE), line_items=[{"price": extra, "quantity": "3"}])
    assert lines(made["latest_invoice"]) == [("Base", "1", "30"), ("Extra", "3", "12")]
    line = next(line for line in made["line_items"] if line["display_name"] == "Extra")
    assert (line["entity_type"], line["entity_id"], line["plan_display_name"]) == ("subscription", made["id"], "Extra")


def test_addon_at_creation_adds_lines_that_name_their_association(shop: Shop) -> None:
    addon = shop.addon("seats", {**ADVANCE, "amount": "5", "display_name": "Seats"})
    made = shop.subscribe(shop.customer(), shop.plan("pro", ADVANCE), addons=[{"addon_id": addon["id"]}])
    line = next(line for line in made["line_items"] if line["display_name"] == "Seats")
    assert line["addon_association_id"].startswith("addon_assoc_")
    assert (line["entity_type"], line["metadata"]["addon_id"], line["start_date"]) == ("addon", addon["id"], START)
    assert made["latest_invoice"]["total"] == "35"


def test_one_time_addon_ends_with_the_period(shop: Shop) -> None:
    addon = shop.addon("boost", {**ADVANCE, "amount": "5"})
    made = shop.subscribe(shop.customer(), shop.plan("pro", ADVANCE), addons=[{"addon_id": addon["id"], "cadence": "onetime"}])
    ends = {line["entity_type"]: line["end_date"] for line in made["line_items"]}
    assert ends == {"plan": "0001-01-01T00:00:00Z", "addon": "2026-04-01T00:00:00Z"}


def test_payer_gets_the_invoice_and_owner_stays_named(shop: Shop) -> None:
    owner, payer = shop.customer("owner"), shop.customer("payer")
    made = shop.subscribe(owner, shop.plan("pro", ADVANCE), inheritance={"invoicing_customer_external_id": "payer"})
    invoice = made["latest_invoice"]
    assert made["subscription_type"] == "standalone"
    assert (invoice["customer_id"], invoice["subscription_customer_id"]) == (payer["id"], owner["id"])


def test_heirs_share_usage_and_have_no_lines_or_invoices(shop: Shop) -> None:
    meter = shop.feature()["meter_id"]
    parent, child = shop.customer("parent"), shop.customer("child")
    plan = shop.plan("pro", usage(meter, "0.5"))
    made = shop.subscribe(parent, plan, inheritance={"external_customer_ids_to_inherit_subscription": ["child"]})
    assert made["subscription_type"] == "parent"
    inherited = shop.api.get("/customers/external/child/subscriptions")["items"][0]
    assert (inherited["subscription_type"], inherited["parent_subscription_id"]) == ("inherited", made["id"])

    shop.use(parent, "calls", "4", "2026-03-05T00:00:00Z")
    shop.use(child, "calls", "6", "2026-03-06T00:00:00Z")

    assert lines(shop.preview(made)) == [("Calls", "10", "5")]
    refused = shop.subscribe(child, plan, expect=400)
    assert refused["details"] == {"customer_id": child["id"]}


def test_grouped_children_are_billed_on_the_parents_invoice(shop: Shop) -> None:
    child, parent = shop.customer("child"), shop.customer("parent")
    plan = shop.plan("pro", ADVANCE)
    alone = shop.subscribe(child, plan)
    made = shop.subscribe(parent, plan, inheritance={"subscriptions_ids_for_grouped_invoicing": [alone["id"]]})
    grouped = shop.api.get(f"/subscriptions/{alone['id']}")
    assert (grouped["subscription_type"], grouped["parent_subscription_id"]) == ("grouped_invoicing", made["id"])
    charged = {line["subscription_id"]: line["metadata"].get("child_customer_id") for line in shop.preview(made)["line_items"]}
    assert charged == {made["id"]: None, alone["id"]: child["id"]}


def test_update_clears_the_cancel_flag_when_left_out(shop: Shop) -> None:
    made = shop.subscribe(shop.customer(), shop.plan("pro", ADVANCE))
    assert shop.api.put(f"/subscriptions/{made['id']}", {"cancel_at_period_end": True})["cancel_at_period_end"] is True
    assert shop.api.put(f"/subscriptions/{made['id']}", {})["cancel_at_period_end"] is False
    ended = shop.api.put(f"/subscriptions/{made['id']}", {"cancel_at": "2026-05-01T00:00:00Z"})
    assert ended["cancel_at"] == ended["end_date"] == "2026-05-01T00:00:00Z"
