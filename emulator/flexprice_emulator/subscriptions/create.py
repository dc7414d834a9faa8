"""`POST /subscriptions`: everything one transaction does, in the reference's order (subscriptions.md §3.6)."""

from collections.abc import Sequence
from decimal import Decimal

from flexprice_client.models.subscriptions import (
    AddAddonToSubscriptionRequest,
    CreateSubscriptionRequest,
    GroupedInvoicingChildRequest,
    SubscriptionResponse,
)
from flexprice_emulator.catalog import plans
from flexprice_emulator.catalog.tables import PlanRow, PriceRow
from flexprice_emulator.customers import service as customers
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.grants.service import on_subscription_created as add_credit_grants
from flexprice_emulator.invoices import reads as invoice_reads
from flexprice_emulator.invoices.opening import Opening, collect_opening, open_invoice, start_trial
from flexprice_emulator.rating.decimals import ONE, ZERO
from flexprice_emulator.subscriptions import hierarchy
from flexprice_emulator.subscriptions.addons import attach_addon
from flexprice_emulator.subscriptions.commitments import apply_commitments
from flexprice_emulator.subscriptions.coupons import attach_coupons
from flexprice_emulator.subscriptions.dates import anchor_of, first_period_end, to_milliseconds, trial_days, trial_window
from flexprice_emulator.subscriptions.entitlement_overrides import override_entitlements, prorate_entitlements
from flexprice_emulator.subscriptions.extra_lines import add_line
from flexprice_emulator.subscriptions.lifecycle.planning import follow
from flexprice_emulator.subscriptions.overrides import apply_overrides
from flexprice_emulator.subscriptions.phases import open_first_phase, open_later_phases, phase_rows
from flexprice_emulator.subscriptions.plan_prices import line_from_price, name_meters, plan_prices
from flexprice_emulator.subscriptions.reads import created_response, newest_usage_sequence
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.subscriptions.terms import line_item_rows
from flexprice_emulator.subscriptions.validation import check, collection
from flexprice_emulator.taxes.associations import link_overrides
from flexprice_emulator.taxes.service import inherit_from_customer
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

_FIELDS = CreateSubscriptionRequest.model_fields
_BLANK = {name: info.get_default() for name, info in _FIELDS.items() if not info.is_required()}
# Billing terms that a child made for a group has of its parent.
_SHARED = (
    "currency",
    "billing_period",
    "billing_period_count",
    "billing_cycle",
    "billing_anchor",
    "start_date",
    "end_date",
    "payment_behavior",
    "collection_method",
    "proration_behavior",
    "payment_terms",
    "subscription_status",
)


def create(
    ctx: Context,
    request: CreateSubscriptionRequest,
    *,
    grouped_under: SubscriptionRow | None = None,
    opening_credit: Decimal = ZERO,
) -> SubscriptionResponse:
    """A new subscription and its opening invoice, less a credit. Raises ValidationError, NotFoundError, InvalidOperationError."""
    check(ctx, request)
    customer = _customer(ctx, request)
    plan = _plan(ctx, request.plan_id)
    family = hierarchy.prepare(ctx, customer, request.inheritance)
    prices = plan_prices(ctx, plan.id, request.currency.lower(), request.billing_period, request.billing_period_count or 1)
    row = _row(ctx, request, customer, prices, family)
    if grouped_under is not None:
        row.subscription_type, row.parent_subscription_id = "grouped_invoicing", grouped_under.id
        if row.subscription_status != "trialing":
            row.current_period_end = grouped_under.current_period_end
    lines = _plan_lines(ctx, row, request, plan, prices)
    ctx.session.add_all([row, *lines])
    ctx.session.flush()
    hierarchy.group(ctx, row, family.grouped)
    _attach(ctx, row, request, lines)
    phases = phase_rows(ctx, row.id, request.phases or ())
    if phases and request.phases:
        open_first_phase(ctx, row, phases[0], request.phases[0], lines)
    ctx.session.flush()
    lines = sorted(lines, key=lambda line: line.id, reverse=True) if not request.phases else line_item_rows(ctx, [row.id])
    for child in (request.inheritance.grouped_invoicing_children_to_create if request.inheritance else None) or ():
        row.subscription_type = "parent"
        create(ctx, _child_request(request, child), grouped_under=row)
    opening = _open(ctx, row, opening_credit, lines)
    hierarchy.add_heirs(ctx, row, family.heirs)
    response = _respond(ctx, row, opening, lines)
    _settle_status(row, request, opening)
    if request.phases:
        open_later_phases(ctx, row, list(zip(phases, request.phases, strict=True))[1:], prices, plan.name)
    follow(ctx, row)
    is_draft = row.subscription_status == "draft"
    ctx.emit("subscription.draft.created" if is_draft else "subscription.created", subscription_id=row.id)
    if request.checkout is not None:
        # A checkout creates subscriptions in its turn.
        from flexprice_emulator.checkout.subscriptions import open_for

        response.checkout_session = open_for(ctx, row, request.checkout, lines)
    return response


def _customer(ctx: Context, request: CreateSubscriptionRequest) -> CustomerRow:
    if request.customer_id:
        customer = customers.get_row(ctx, request.customer_id)
    else:
        customer = customers.get_row_by_external_id(ctx, request.external_customer_id)
    if customer.status != "published":
        raise ValidationError("The customer must be active to create a subscription", {"customer_id": customer.id})
    return customer


def _plan(ctx: Context, plan_id: str) -> PlanRow:
    plan = plans.get_row(ctx, plan_id)
    if plan.status != "published":
        raise ValidationError("The plan must be active to create a subscription", {"plan_id": plan.id})
    return plan


def _row(
    ctx: Context, request: CreateSubscriptionRequest, customer: CustomerRow, prices: Sequence[PriceRow], family: hierarchy.Hierarchy
) -> SubscriptionRow:
    """The row with its dates, trial and status; not yet stored."""
    method, behavior = collection(request)
    start, count = to_milliseconds(request.start_date or ctx.now), request.billing_period_count or 1
    cycle, period = request.billing_cycle or "anniversary", request.billing_period
    anchor = anchor_of(start, cycle, period, customer.timezone, request.billing_anchor)
    end = first_period_end(start, anchor, period, count, timezone=customer.timezone, end_date=request.end_date)
    status = request.subscription_status or ("active" if behavior == "default_active" else "incomplete")
    if request.checkout is not None:
        status = "draft"
    trial = trial_window(start, trial_days(request.trial_period_days, prices))
    trials = trial is not None and request.subscription_status in ("", "trialing") and status != "draft"
    return SubscriptionRow(
        id=ctx.new_id("subs"),
        lookup_key=request.lookup_key,
        customer_id=customer.id,
        plan_id=request.plan_id,
        subscription_status="trialing" if trials else status,
        subscription_type=family.subscription_type,
        currency=request.currency.lower(),
        billing_anchor=anchor,
        billing_cycle=cycle,
        billing_period=period,
        billing_period_count=count,
        start_date=start,
        end_date=request.end_date,
        current_period_start=start,
        current_period_end=trial.end if trial and trials else end,
        trial_start=trial.start if trial and trials else None,
        trial_end=trial.end if trial and trials else None,
        commitment_amount=request.commitment_amount,
        commitment_duration=request.commitment_duration,
        overage_factor=request.overage_factor if request.overage_factor is not None else ONE,
        enable_true_up=request.enable_true_up,
        payment_behavior=behavior,
        collection_method=method,
        gateway_payment_method_id=request.gateway_payment_method_id or "",
        payment_terms=request.payment_terms or None,
        timezone=customer.timezone or "UTC",
        proration_behavior=request.proration_behavior or "none",
        invoicing_customer_id=family.invoicing_customer.id if family.invoicing_customer else None,
        parent_subscription_id=family.parent.id if family.parent else None,
        auto_invoice_threshold=request.auto_invoice_threshold,
        synced_price_sequence=newest_usage_sequence(ctx, request.plan_id),
        metadata_=request.metadata,
        **ctx.stamp(),
    )


def _plan_lines(
    ctx: Context, row: SubscriptionRow, request: CreateSubscriptionRequest, plan: PlanRow, prices: Sequence[PriceRow]
) -> list[SubscriptionLineItemRow]:
    """The plan's lines with commitments and overrides; not yet stored. Usage lines come first, as observed."""
    end = request.phases[0].end_date if request.phases else row.end_date
    ordered = sorted(prices, key=lambda price: price.type != "USAGE")
    lines = [
        line_from_price(ctx, row, price, start=row.start_date, end=end, entity_id=plan.id, entity_type="plan", plan_display_name=plan.name)
        for price in ordered
    ]
    _check_threshold(request, lines)
    name_meters(ctx, lines)
    if row.proration_behavior == "create_prorations":
        _check_prorated(lines)
    # Overrides make prices that belong to the subscription.
    ctx.session.add(row)
    ctx.session.flush()
    apply_commitments(ctx, lines, request.line_item_commitments or {})
    apply_overrides(ctx, row, lines, {price.id: price for price in prices}, request.override_line_items or ())
    return lines


def _check_threshold(request: CreateSubscriptionRequest, lines: Sequence[SubscriptionLineItemRow]) -> None:
    if not request.auto_invoice_threshold:
        return
    for line in lines:
        if line.price_type != "USAGE":
            raise ValidationError(
                "Use a plan with only usage-based prices for auto-invoice threshold billing, or remove fixed and other"
                " non-usage prices from this subscription's plan line items",
                {"price_id": line.price_id, "price_type": line.price_type},
            )


def _check_prorated(lines: Sequence[SubscriptionLineItemRow]) -> None:
    periods = {(line.billing_period, line.billing_period_count) for line in lines if line.billing_period != "ONETIME"}
    if len(periods) > 1:
        raise ValidationError("Proration is not supported for plans with mixed billing periods; use proration_behavior none")


def _attach(
    ctx: Context,
    row: SubscriptionRow,
    request: CreateSubscriptionRequest,
    lines: list[SubscriptionLineItemRow],
) -> None:
    """Add-ons, extra lines, entitlements, credit grants, taxes, coupons."""
    for addon in request.addons or ():
        _, added = attach_addon(ctx, row, _from_start(addon, row), default_start=row.start_date)
        lines.extend(added)
    for item in request.line_items or ():
        lines.append(add_line(ctx, row, item))
    override_entitlements(ctx, row, request.override_entitlements or ())
    if row.billing_cycle == "calendar" and row.proration_behavior == "create_prorations":
        prorate_entitlements(ctx, row)
    add_credit_grants(ctx, row, request.credit_grants)
    if request.tax_rate_overrides is None:
        inherit_from_customer(ctx, row.invoicing_customer_id or row.customer_id, row.id)
    else:
        link_overrides(ctx, "subscription", row.id, request.tax_rate_overrides)
    attach_coupons(
        ctx,
        row,
        lines,
        by_code=request.subscription_coupons or (),
        ids=request.coupons or (),
        by_price=request.line_item_coupons,
    )


def _from_start(addon: AddAddonToSubscriptionRequest, row: SubscriptionRow) -> AddAddonToSubscriptionRequest:
    """An add-on cannot be attached before its subscription starts."""
    if addon.start_date is not None and addon.start_date < row.start_date:
        raise ValidationError(
            "Addon start date cannot be before the subscription start date",
            {"start_date": addon.start_date, "subscription_start_date": row.start_date},
        )
    return addon


def _open(ctx: Context, row: SubscriptionRow, credit: Decimal, lines: Sequence[SubscriptionLineItemRow]) -> Opening | None:
    """The opening invoice; None where none is tried: drafts, and children that are billed with their parent."""
    if row.subscription_status == "draft" or row.subscription_type == "grouped_invoicing":
        return None
    if row.subscription_status == "trialing" and row.trial_end is not None:
        return start_trial(ctx, row, lines)
    reason = "SUBSCRIPTION_UPDATE" if credit > ZERO else "SUBSCRIPTION_CREATE"
    opening = open_invoice(ctx, row, reason, row.current_period_start, row.current_period_end, opening_credit=credit, new_lines=lines)
    collect_opening(ctx, row, opening)
    return opening


def _respond(ctx: Context, row: SubscriptionRow, opening: Opening | None, lines: Sequence[SubscriptionLineItemRow]) -> SubscriptionResponse:
    with_lines = opening is not None and row.subscription_status != "trialing"
    invoice = invoice_reads.bare(ctx, opening.invoice, opening.lines) if opening and opening.invoice else None
    return created_response(ctx, row, lines if with_lines else (), latest_invoice=invoice)


def _settle_status(row: SubscriptionRow, request: CreateSubscriptionRequest, opening: Opening | None) -> None:
    """Any status can be asked for and is answered, yet handling the opening invoice's payment makes the row active (observed)."""
    asked = request.subscription_status
    if row.subscription_type == "grouped_invoicing" and row.subscription_status == "incomplete":
        # Without an invoice of its own there is nothing to wait for.
        row.subscription_status = "active"
    if asked in ("", "active", "trialing", "draft") or opening is None or opening.invoice is None:
        return
    if row.payment_behavior == "default_active" and opening.invoice.amount_due > ZERO:
        row.subscription_status = "active"


def _child_request(parent: CreateSubscriptionRequest, child: GroupedInvoicingChildRequest) -> CreateSubscriptionRequest:
    """A grouped child has the parent's billing terms and its own charges."""
    shared = {name: getattr(parent, name) for name in _SHARED}
    own = {name: getattr(child, name) for name in type(child).model_fields if name in _FIELDS}
    return parent.model_copy(update={**_BLANK, **shared, **own, "customer_id": ""})
