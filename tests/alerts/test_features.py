"""Features' alerts on wallets: looked at after a completed purchase, where the environment's alerts are enabled."""

from typing import Any

from flexprice_emulator.workspace.storage import OutboxRow
from tests.alerts.conftest import Spender

BELOW = {"critical": {"threshold": "50", "condition": "below"}, "alert_enabled": True}


def _told(api: Any, server: Any) -> list[dict[str, Any]]:
    workspace = server[1]._transport.app.state.registry.for_key(api.headers["x-api-key"])
    with workspace.transaction() as session:
        rows = session.query(OutboxRow).filter_by(event_name="feature.wallet_balance.alert").order_by(OutboxRow.id)
        return [row.subject for row in rows]


def _buy(spender: Spender, wallet: str, credits: str) -> None:
    body = {"credits_to_add": credits, "transaction_reason": "PURCHASED_CREDIT_INVOICED", "idempotency_key": credits}
    invoice = spender.api.post(f"/wallets/{wallet}/top-up", body)["invoice_id"]
    spender.api.put(f"/invoices/{invoice}/payment", {"payment_status": "SUCCEEDED"})


def _logged(spender: Spender) -> list[tuple[str, str]]:
    found = spender.api.post("/alerts/search", {"alert_type": "feature_wallet_balance", "order": "asc"})["items"]
    return [(row["alert_status"], row["alert_info"]["value_at_time"]) for row in found]


def test_a_purchase_looks_at_features(spender: Spender, server: Any) -> None:
    feature = spender.feature["id"]
    spender.api.put(f"/features/{feature}", {"alert_settings": BELOW})
    wallet = spender.api.post("/wallets", {"customer_id": spender.customer, "currency": "usd"})["id"]
    _buy(spender, wallet, "5")
    assert _logged(spender) == []
    spender.api.put("/settings/wallet_balance_alert_config", {"value": {**BELOW, "critical": {"threshold": "0", "condition": "below"}}})

    _buy(spender, wallet, "20")
    _buy(spender, wallet, "21")
    _buy(spender, wallet, "100")

    assert _logged(spender) == [("in_alarm", "25"), ("ok", "146")]
    told = _told(spender.api, server)
    assert [subject["alert_status"] for subject in told] == ["in_alarm", "ok"]
    assert told[0] == {"feature_id": feature, "wallet_id": wallet, "alert_type": "feature_wallet_balance", "alert_status": "in_alarm"}
    (row, _) = spender.api.post("/alerts/search", {"entity_id": feature, "order": "asc", "expand": "wallet,feature"})["items"]
    assert (row["wallet"]["id"], row["feature"]["id"], row["parent_entity_id"]) == (wallet, feature, wallet)
