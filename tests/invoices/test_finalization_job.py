"""Finalizing by job: the finalization delay is waited for (invoices.md §5.7)."""

from typing import Any

import pytest

from tests.subscriptions.shop import ARREAR, Shop


@pytest.fixture
def draft(shop: Shop) -> dict[str, Any]:
    made = shop.subscribe(shop.customer(), shop.plan("pro", ARREAR))
    shop.api.post(f"/subscriptions/temporal/{made['id']}/draft-and-compute", expect=202)
    found: dict[str, Any] = shop.invoices(made, invoice_status="DRAFT")[0]
    return found


def status(shop: Shop, invoice: dict[str, Any]) -> tuple[str, str]:
    read = shop.api.get(f"/invoices/{invoice['id']}")
    return read["invoice_status"], read["invoice_number"]


def test_a_draft_waits_until_the_delay_is_over(shop: Shop, draft: dict[str, Any]) -> None:
    answer = shop.api.post(f"/invoices/temporal/{draft['id']}/finalize", expect=202)
    assert set(answer) == {"message", "workflow_id", "run_id"}
    assert status(shop, draft) == ("DRAFT", "")
    shop.api.send("POST", "//_emulator/clock/advance", {"by": "PT1H59M"})
    assert status(shop, draft) == ("DRAFT", "")
    shop.api.send("POST", "//_emulator/clock/advance", {"by": "PT2M"})
    assert status(shop, draft) == ("FINALIZED", "INV-202603-00001")


def test_without_a_delay_it_is_finalized_at_once(shop: Shop, draft: dict[str, Any]) -> None:
    config = shop.api.get("/settings/invoice_config")["value"]
    shop.api.put("/settings/invoice_config", {"value": {**config, "finalization_delay_seconds": 0}})
    shop.api.post(f"/invoices/temporal/{draft['id']}/finalize", expect=202)
    assert status(shop, draft) == ("FINALIZED", "INV-202603-00001")
    # Again, and nothing happens.
    shop.api.post(f"/invoices/temporal/{draft['id']}/finalize", expect=202)
    assert status(shop, draft) == ("FINALIZED", "INV-202603-00001")


def test_an_unknown_invoice_is_refused(shop: Shop) -> None:
    assert shop.api.post("/invoices/temporal/inv_nope/finalize", expect=404)["code"] == "not_found"
