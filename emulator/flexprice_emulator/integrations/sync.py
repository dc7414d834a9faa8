"""Pushing customers and invoices to connected providers, as the reference does after their webhooks (webhooks.md §1, invoices.md §12).

The push ends in a mapping: the id the entity has at the provider. It never fails the change it follows.
"""

from typing import Final

from sqlalchemy import select

from flexprice_client.models.base import time_text
from flexprice_client.models.integrations import IntegrationSyncRequest
from flexprice_emulator.connections.providers import base_config
from flexprice_emulator.connections.service import published, syncing, whole_second
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.integrations.mappings import active, check_entity_type
from flexprice_emulator.integrations.tables import IntegrationMappingRow
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.payments import sandbox
from flexprice_emulator.payments.gateways.table import DIALECTS, GATEWAYS
from flexprice_emulator.payments.provider.methods import default_method
from flexprice_emulator.payments.provider.pages import close, open_page, page_url
from flexprice_emulator.payments.tables import ProviderPageRow
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.storage import OutboxRow

# What makes the reference look whether something is to be pushed.
_CAUSES: Final = {"customer.created": "customer", "invoice.update.finalized": "invoice", "invoice.update.payment": "invoice"}
_PAID: Final = ("SUCCEEDED", "OVERPAID")


def follow(ctx: Context, event: OutboxRow) -> None:
    """Push what an event tells of to every provider that is to have it."""
    entity = _CAUSES.get(event.event_name)
    if entity is None:
        return
    for provider in syncing(ctx, entity):
        if event.event_name == "invoice.update.payment":
            _paid_here(ctx, str(event.subject["invoice_id"]), provider)
        else:
            push(ctx, entity, str(event.subject[f"{entity}_id"]), provider)


def ask_sync(ctx: Context, request: IntegrationSyncRequest) -> None:
    """Push at once, whatever the connection's switches say; what is unknown or no provider takes is dropped."""
    check_entity_type(request.entity_type)
    for connection in published(ctx):
        if request.provider_type in (None, "", connection.provider_type):
            push(ctx, request.entity_type, request.entity_id, connection.provider_type)


def provider_id_of(ctx: Context, entity_type: str, entity_id: str, provider: str, **noted: str) -> str:
    """The id an entity has at a provider, given to it now where it has none."""
    held = active(ctx, entity_type, entity_id, provider)
    if held is not None:
        return held.provider_entity_id
    dialect = DIALECTS.get(provider)
    prefix = getattr(dialect, entity_type, provider) if dialect is not None else provider
    now = whole_second(ctx)
    made = ctx.add(
        IntegrationMappingRow(
            id=ctx.new_id("eim"),
            entity_type=entity_type,
            entity_id=entity_id,
            provider_type=provider,
            provider_entity_id=ctx.new_id(prefix),
            metadata_={"synced_at": time_text(now), "created_via": "flexprice_to_provider", **noted},
            **{**ctx.stamp(), "created_at": now, "updated_at": now},
        )
    )
    return made.provider_entity_id


def push(ctx: Context, entity_type: str, entity_id: str, provider: str) -> None:
    """Have an entity known to a provider; a provider that does not answer in time leaves it unknown."""
    able = base_config(provider)
    if able is None or not able.get(entity_type, {}).get("outbound"):
        return
    if entity_type == "customer":
        if ctx.session.get(CustomerRow, entity_id) is not None and not _times_out(ctx, entity_id):
            provider_id_of(ctx, "customer", entity_id, provider)
        return
    invoice = ctx.session.get(InvoiceRow, entity_id)
    known = active(ctx, "invoice", entity_id, provider) is not None
    if invoice is None or known or invoice.invoice_status != "FINALIZED" or _times_out(ctx, invoice.customer_id):
        return
    if ctx.session.get(CustomerRow, invoice.customer_id) is not None:
        provider_id_of(ctx, "customer", invoice.customer_id, provider)
    _push_invoice(ctx, invoice, provider)


def _push_invoice(ctx: Context, invoice: InvoiceRow, provider: str) -> None:
    if provider not in GATEWAYS or invoice.amount_remaining <= ZERO:
        provider_id_of(ctx, "invoice", invoice.id, provider)
        return
    page = open_page(
        ctx, provider, "invoice", invoice.customer_id, amount=invoice.amount_remaining, currency=invoice.currency, invoice_id=invoice.id
    )
    page.gateway_invoice_id = provider_id_of(ctx, "invoice", invoice.id, provider, hosted_invoice_url=page_url(ctx, page))
    rule = sandbox.rule_for(ctx, invoice.customer_id)
    if rule is not None and rule.outcome != "require_action":
        sandbox.answer_later(ctx, page, rule)
    elif rule is None and _charges(ctx, invoice) and default_method(ctx, provider, invoice.customer_id) is not None:
        sandbox.charge_now(ctx, page)


def _charges(ctx: Context, invoice: InvoiceRow) -> bool:
    subscription = ctx.session.get(SubscriptionRow, invoice.subscription_id) if invoice.subscription_id else None
    return subscription is not None and subscription.collection_method == "charge_automatically"


def _paid_here(ctx: Context, invoice_id: str, provider: str) -> None:
    """An invoice that was paid otherwise is no longer to be paid at the provider's page."""
    invoice = ctx.session.get(InvoiceRow, invoice_id)
    if invoice is None or invoice.payment_status not in _PAID:
        return
    query = select(ProviderPageRow).where(
        ProviderPageRow.invoice_id == invoice_id, ProviderPageRow.provider == provider, ProviderPageRow.state == "open"
    )
    for page in ctx.session.scalars(query).all():
        close(ctx, page, "closed")


def _times_out(ctx: Context, customer_id: str) -> bool:
    rule = sandbox.rule_for(ctx, customer_id)
    return rule is not None and rule.outcome == "timeout"
