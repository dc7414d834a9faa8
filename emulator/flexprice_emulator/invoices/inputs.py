"""What an invoice is made of, read from storage (rating.md §7): the one place where billing's inputs come together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import bindparam, select

from flexprice_emulator.events.usage import SqlUsage
from flexprice_emulator.invoices.discounting import subscription_coupons
from flexprice_emulator.invoices.groups import grouped_children, of_next_period, parts
from flexprice_emulator.invoices.tables import InvoiceLineItemRow, InvoiceRow
from flexprice_emulator.rating.commitment.model import PriorInvoice, PriorUsageLine
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.rating.invoice.model import InvoicedLine, InvoiceRequest, LineItem, ReferencePoint
from flexprice_emulator.rating.metering.model import Meter
from flexprice_emulator.rating.pricing.model import ONETIME
from flexprice_emulator.rating.tax import TaxRate
from flexprice_emulator.rating.usage import UsageSource
from flexprice_emulator.subscriptions.entitlements import BilledEntitlements, billed_entitlements
from flexprice_emulator.subscriptions.grants import opened_grants
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.subscriptions.terms import line_item_rows, rating_line_items, rating_subscription, usage_customers
from flexprice_emulator.workspace.context import Context

REFERENCE_POINTS: Mapping[str, ReferencePoint] = {
    "SUBSCRIPTION_CREATE": "period_start",
    "SUBSCRIPTION_TRIAL_START": "period_start",
    "SUBSCRIPTION_TRIAL_END": "period_start",
    "SUBSCRIPTION_UPDATE": "period_start",
    "SUBSCRIPTION_CYCLE": "period_end",
    "AUTO_INVOICE_THRESHOLD": "period_end",
    "PRORATION": "cancel",
}
_PREVIEWS = ("preview", "internal_preview")
_INVOICED = (
    select(InvoiceLineItemRow.price_id, InvoiceLineItemRow.period_start, InvoiceLineItemRow.period_end)
    .join(InvoiceRow, InvoiceRow.id == InvoiceLineItemRow.invoice_id)
    .where(
        InvoiceLineItemRow.subscription_id == bindparam("subscription_id"),
        InvoiceLineItemRow.status == "published",
        InvoiceLineItemRow.price_id.is_not(None),
        InvoiceLineItemRow.period_start.is_not(None),
        InvoiceLineItemRow.period_end >= bindparam("since"),
        InvoiceRow.id != bindparam("except_invoice"),
        InvoiceRow.status == "published",
        InvoiceRow.invoice_type == "SUBSCRIPTION",
        InvoiceRow.billing_reason != "SUBSCRIPTION_TRIAL_START",
        InvoiceRow.invoice_status.in_(("DRAFT", "FINALIZED")),
    )
)


def invoice_request(
    ctx: Context,
    subscription: SubscriptionRow,
    period_start: datetime,
    period_end: datetime,
    reference_point: ReferencePoint,
    *,
    invoice_id: str = "",
    usage: UsageSource | None = None,
    taxes: Sequence[TaxRate] = (),
    opening_credit: Decimal = ZERO,
    is_trial_start: bool = False,
    hide_zero_charges_line_items: bool = False,
    known_lines: Sequence[SubscriptionLineItemRow] | None = None,
    is_first: bool = False,
) -> InvoiceRequest:
    """The assembly's input for one period of a subscription and its grouped children.

    `invoice_id` is the invoice being made: its own lines do not count as invoiced already. What the caller knows is not read again:
    `known_lines` are the subscription's, the newest first; `is_first` says that nothing of it was invoiced before.
    """
    rows = known_lines if known_lines is not None else line_item_rows(ctx, [subscription.id])
    items = rating_line_items(ctx, rows)
    customers = usage_customers(ctx, subscription, (period_start, period_end))
    bills_usage = reference_point != "period_start"
    source = usage or SqlUsage(ctx)
    if bills_usage and isinstance(source, SqlUsage):
        source.prefetch(_meters_over(items, period_start, period_end), customers, period_start, period_end)
    held = billed_entitlements(ctx, subscription) if bills_usage else BilledEntitlements({}, {})
    return InvoiceRequest(
        subscription=rating_subscription(ctx, subscription),
        line_items=items,
        usage=source,
        customers=customers,
        period_start=period_start,
        period_end=period_end,
        reference_point=reference_point,
        now=ctx.now,
        entitlements=held.limits,
        grants=opened_grants(ctx, subscription, held.grants, items, customers, (period_start, period_end)) if held.grants else {},
        invoiced_lines=[] if reference_point in _PREVIEWS or is_first else _invoiced(ctx, subscription, items, period_start, invoice_id),
        prior_invoices=prior_invoices(ctx, subscription) if bills_usage else [],
        coupons=subscription_coupons(ctx, subscription.id, except_invoice=invoice_id),
        taxes=taxes,
        opening_credit=opening_credit,
        is_trial_start=is_trial_start,
        hide_zero_charges_line_items=hide_zero_charges_line_items,
        children=[
            request
            for child in grouped_children(ctx, subscription, invoice_id)
            for request in _of_child(
                ctx, subscription, child, (period_start, period_end), reference_point, invoice_id, source, is_trial_start
            )
        ],
    )


def _of_child(
    ctx: Context,
    parent: SubscriptionRow,
    child: SubscriptionRow,
    period: tuple[datetime, datetime],
    reference_point: ReferencePoint,
    invoice_id: str,
    source: UsageSource,
    is_trial_start: bool,
) -> Iterator[InvoiceRequest]:
    leader = rating_subscription(ctx, parent)
    found = parts(ctx, parent, child, period, reference_point)
    for part in found:
        start, end, point = part
        request = invoice_request(ctx, child, start, end, point, invoice_id=invoice_id, usage=source, is_trial_start=is_trial_start)
        yield replace(
            request,
            follows=leader,
            invoiced_lines=of_next_period(request.invoiced_lines, end),
            coupons=request.coupons if part is found[-1] else [],
        )


def _invoiced(
    ctx: Context, subscription: SubscriptionRow, items: Sequence[LineItem], period_start: datetime, except_invoice: str
) -> list[InvoicedLine]:
    """Lines of a subscription on other DRAFT and FINALIZED subscription invoices, as far as they can meet what a period bills.

    A trial's opening invoice bills nothing: where the trial is cut short, its time is billed (observed).
    """
    cadence = (subscription.billing_period, subscription.billing_period_count)
    prices = [item.price for item in items if item.price.type == "FIXED" and item.price.billing_period != ONETIME]
    # A line of a longer cadence is billed for a period of its own, which may have begun long before.
    has_longer = any((price.billing_period, price.billing_period_count) != cadence for price in prices)
    parameters = {
        "subscription_id": subscription.id,
        "except_invoice": except_invoice,
        "since": subscription.start_date if has_longer else period_start,
    }
    found = ctx.session.execute(_INVOICED, parameters)
    return [InvoicedLine(price_id or "", start, end) for price_id, start, end in found if start and end]


def own_lines(ctx: Context, invoice_id: str) -> list[InvoicedLine]:
    """The lines an invoice has now."""
    line = InvoiceLineItemRow
    query = select(line.price_id, line.period_start, line.period_end).where(line.invoice_id == invoice_id, line.status == "published")
    return [InvoicedLine(price_id or "", start, end) for price_id, start, end in ctx.session.execute(query) if start and end]


def prior_invoices(ctx: Context, subscription: SubscriptionRow) -> list[PriorInvoice]:
    """Finalized subscription invoices with their usage; only a commitment longer than the billing period asks for them."""
    duration = subscription.commitment_duration
    if not duration or duration == subscription.billing_period:
        return []
    query = select(InvoiceRow).where(
        InvoiceRow.subscription_id == subscription.id,
        InvoiceRow.status == "published",
        InvoiceRow.invoice_type == "SUBSCRIPTION",
        InvoiceRow.invoice_status == "FINALIZED",
    )
    invoices = list(ctx.session.scalars(query.order_by(InvoiceRow.period_start, InvoiceRow.id)))
    usage: dict[str, list[PriorUsageLine]] = {}
    lines = select(InvoiceLineItemRow).where(
        InvoiceLineItemRow.invoice_id.in_([invoice.id for invoice in invoices]),
        InvoiceLineItemRow.price_type == "USAGE",
        InvoiceLineItemRow.status == "published",
    )
    for row in ctx.session.scalars(lines.order_by(InvoiceLineItemRow.position)):
        held = row.metadata_ or {}
        factor = Decimal(held["overage_factor"]) if held.get("is_overage") == "true" and held.get("overage_factor") else None
        usage.setdefault(row.invoice_id, []).append(PriorUsageLine(row.amount, factor))
    return [
        PriorInvoice(invoice.period_start, invoice.period_end, tuple(usage.get(invoice.id, ())))
        for invoice in invoices
        if invoice.period_start and invoice.period_end
    ]


def _meters_over(items: Sequence[object], start: datetime, end: datetime) -> list[Meter]:
    """Meters of lines that run through the whole window: their totals are read together."""
    found: dict[str, Meter] = {}
    for item in items:
        meter = getattr(item, "meter", None)
        if isinstance(meter, Meter) and _covers(item, start, end):
            found[meter.id] = meter
    return list(found.values())


def _covers(item: object, start: datetime, end: datetime) -> bool:
    begins, ends = getattr(item, "start_date", start), getattr(item, "end_date", None)
    return bool(begins <= start and (ends is None or ends >= end))
