"""Subscriptions that begin when they are paid (subscriptions.md §3.9)."""

from collections.abc import Sequence
from typing import Any

from flexprice_client.models.checkout import CheckoutSessionResponse
from flexprice_client.models.subscriptions import CheckoutParams
from flexprice_emulator.checkout.sessions import begin, check, open_session_of, to_response
from flexprice_emulator.checkout.tables import CheckoutSessionRow
from flexprice_emulator.grants.service import on_subscription_activated as apply_credit_grants
from flexprice_emulator.invoices.compute import rebuild
from flexprice_emulator.invoices.drafts import open_subscription_draft
from flexprice_emulator.invoices.finalize import settle
from flexprice_emulator.subscriptions.lifecycle.ending import share_start
from flexprice_emulator.subscriptions.lifecycle.planning import follow
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.taxes.service import rates_to_apply
from flexprice_emulator.wire.errors import AlreadyExistsError, ValidationError
from flexprice_emulator.workspace.context import Context


def open_for(
    ctx: Context, row: SubscriptionRow, terms: CheckoutParams, new_lines: Sequence[SubscriptionLineItemRow] | None = None
) -> CheckoutSessionResponse:
    """The session of a draft: its opening invoice is computed, taxes included, and stays a draft until it is paid.

    Raises ValidationError for a plan that costs nothing, and as `begin`.
    """
    check(ctx, row.invoicing_customer_id or row.customer_id, terms)
    if open_session_of(ctx, row.id) is not None:
        raise AlreadyExistsError("A checkout session for this subscription is open", {"subscription_id": row.id})
    period = (row.current_period_start, row.current_period_end)
    invoice = open_subscription_draft(ctx, row, *period, "SUBSCRIPTION_CREATE", is_first=new_lines is not None)
    rebuild(ctx, invoice, known_lines=new_lines)
    if invoice.invoice_status == "SKIPPED":
        raise ValidationError("checkout requires a non-zero invoice", {"subscription_id": row.id})
    settle(ctx, invoice, rates_to_apply(ctx, "subscription", row.id))
    params = {
        "subscription_id": row.id,
        "plan_id": row.plan_id,
        "currency": row.currency,
        "billing_period": row.billing_period,
        "lookup_key": row.lookup_key,
        "start_date": row.start_date,
        "end_date": row.end_date,
        "metadata": row.metadata_,
    }
    configuration = {"create_subscription_params": {name: value for name, value in params.items() if value}}
    return to_response(ctx, begin(ctx, "create_subscription", row.id, invoice, terms, configuration))


def carry_out(ctx: Context, session: CheckoutSessionRow) -> dict[str, Any]:
    """The draft becomes active, and gets the credits that waited for it; one that was activated by hand stays as it is."""
    row = ctx.session.get_one(SubscriptionRow, session.subject_id)
    if row.subscription_status == "draft":
        row.subscription_status = "active"
        ctx.touch(row)
        ctx.session.flush()
        share_start(ctx, row)
        apply_credit_grants(ctx, row)
        follow(ctx, row)
        ctx.emit("subscription.activated", subscription_id=row.id)
        ctx.emit("subscription.updated", subscription_id=row.id)
    made = {"subscription_id": row.id, "invoice_id": session.checkout_invoice_id, "payment_id": session.checkout_payment_id}
    return {"create_subscription_result": made}


def drop(ctx: Context, session: CheckoutSessionRow) -> None:
    """The draft is archived; one that was activated by hand stays."""
    row = ctx.session.get_one(SubscriptionRow, session.subject_id)
    if row.subscription_status != "draft":
        return
    row.status = "archived"
    ctx.touch(row)
    ctx.session.flush()
    follow(ctx, row)
