"""SPD, GRA, ALT and REJ: what they tell of is of their moment, so the event's subject carries it."""

from collections.abc import Mapping
from typing import Any

from flexprice_client.models.webhooks import (
    AlertWebhookPayload,
    EntitlementGrantEvent,
    RejectedEventData,
    RejectedEventWebhookPayload,
    SpendAlertEvent,
)
from flexprice_emulator.wallets.tables import WalletRow
from flexprice_emulator.webhooks.payloads.subject import named
from flexprice_emulator.webhooks.payloads.subscriptions import shown
from flexprice_emulator.workspace.context import Context


def spend(ctx: Context, _event_name: str, subject: Mapping[str, Any]) -> SpendAlertEvent:
    """`subject`: subscription_id, and of the body all but the subscription."""
    told = {name: value for name, value in subject.items() if name != "subscription_id"}
    return SpendAlertEvent.model_validate({**told, "subscription": shown(ctx, subject).to_wire()})


def grant(_ctx: Context, _event_name: str, subject: Mapping[str, Any]) -> EntitlementGrantEvent:
    """`subject`: the whole body."""
    return EntitlementGrantEvent.model_validate(subject)


def feature_balance(ctx: Context, event_name: str, subject: Mapping[str, Any]) -> AlertWebhookPayload:
    """`subject`: feature_id, wallet_id, alert_type, alert_status. The wallet's stored balances are those of now."""
    row = named(ctx, WalletRow, subject, "wallet_id")
    balances = {"customer_id": row.customer_id, "current_balance": row.balance, "credit_balance": row.credit_balance}
    return AlertWebhookPayload.model_validate({**subject, **balances, "event_type": event_name})


def rejected_event(_ctx: Context, event_name: str, subject: Mapping[str, Any]) -> RejectedEventWebhookPayload:
    """`subject`: reason, event."""
    event = RejectedEventData.model_validate(subject["event"])
    return RejectedEventWebhookPayload(event_type=event_name, reason=subject["reason"], event=event)
