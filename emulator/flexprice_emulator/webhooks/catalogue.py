"""When each event is sent (webhooks.md §5), and why some never are. Names and bodies: flexprice_client.models.webhooks."""

from collections.abc import Mapping
from typing import Final

WHEN: Final[Mapping[str, str]] = {
    "invoice.update": "a draft is computed and not skipped, an invoice is recalculated or edited",
    "invoice.update.finalized": "an invoice is finalized, or made final at once; again by hand",
    "invoice.update.payment": "an invoice's payment status changes; again by hand",
    "invoice.update.voided": "an invoice is voided; again by hand",
    "invoice.payment.overdue": "a customer's invoice summary is read: once for each overdue unpaid invoice and each read",
    "invoice.communication.triggered": "by hand",
    "subscription.created": "a subscription is created, unless it is a draft",
    "subscription.draft.created": "a draft is created",
    "subscription.activated": "a draft or incomplete subscription, or one in trial, becomes active",
    "subscription.updated": "a subscription changes: edits, cancellations, lines, add-ons, modifications, its own entitlements",
    "subscription.cancelled": "a subscription is cancelled at once, or at its period's end when that comes",
    "subscription.paused": "a subscription is paused",
    "subscription.resumed": "a paused subscription goes on",
    "subscription.plan_changed": "a plan change is carried out; subscription.updated follows",
    "subscription.renewal.due": "24 hours before a renewal",
    "subscription.phase.created": "",
    "subscription.phase.updated": "",
    "subscription.phase.deleted": "",
    "customer.created": "a customer is created",
    "customer.updated": "a customer changes",
    "customer.deleted": "a customer is archived",
    "feature.created": "a feature is created",
    "feature.updated": "a feature changes",
    "feature.deleted": "a feature is archived",
    "feature.wallet_balance.alert": "a purchase of credits is completed and a feature's alert state on the wallet changes",
    "entitlement.created": "an entitlement is created; in bulk one each",
    "entitlement.updated": "an entitlement changes",
    "entitlement.deleted": "an entitlement is archived",
    "entitlement.grant.exhausted": "usage reaches the quota of an entitlement's window; once for each window",
    "wallet.created": "a wallet is created, also by a grant, a credit note or a conversion",
    "wallet.updated": "a wallet changes",
    "wallet.terminated": "a wallet is closed, or converted",
    "wallet.transaction.created": "a completed credit or debit",
    "wallet.transaction.updated": "a pending purchase of credits is completed",
    "wallet.credit_balance.dropped": "the alert state of the stored credits turns to in_alarm",
    "wallet.credit_balance.recovered": "the alert state of the stored credits turns to ok",
    "wallet.ongoing_balance.dropped": "the alert state of the real-time balance turns to in_alarm",
    "wallet.ongoing_balance.recovered": "the alert state of the real-time balance turns to ok",
    "wallet.ongoing_balance.updated": "the real-time balance is evaluated and is another than before",
    "payment.created": "a payment is created",
    "payment.updated": "a payment changes",
    "payment.pending": "a payment's processing begins, or a link stays open",
    "payment.success": "a payment succeeds",
    "payment.failed": "a payment fails",
    "credit_note.created": "a credit note is created",
    "credit_note.updated": "a credit note is finalized or voided",
    "checkout.session.initiated": "a checkout session is opened",
    "checkout.session.completed": "a checkout session is paid, and what waited is carried out",
    "checkout.session.failed": "a checkout session's payment is refused, or it is deleted while it waits",
    "checkout.session.expired": "a checkout session is not paid in 15 minutes",
    "subscription.spend.threshold_reached": "usage brings a subscription's spend to a threshold",
    "subscription.spend.threshold_recovered": "alerts are evaluated and a subscription's spend is back to ok",
    "subscription.line_item_spend.threshold_reached": "",
    "subscription.line_item_spend.threshold_recovered": "",
    "subscription.group_spend.threshold_reached": "",
    "subscription.group_spend.threshold_recovered": "",
    "event.rejected": "",
}
"""Event name -> when it is sent; empty where it never is."""

NEVER_SENT: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("subscription.phase.created", "subscription.phase.updated", "subscription.phase.deleted"),
        "no operation changes a phase, and creating a subscription with phases sends none (measured)",
    ),
    **dict.fromkeys(
        tuple(
            f"subscription.{scope}.threshold_{change}"
            for scope in ("line_item_spend", "group_spend")
            for change in ("reached", "recovered")
        ),
        "alerts of lines and groups can be set up and, as in the real service, nothing evaluates them",
    ),
    "event.rejected": "off in the real service's shipped configuration, and no operation turns it on",
}
"""Event name -> why nothing sends it. Its body is known all the same."""
