"""Lists of subscriptions and of their lines (subscriptions.md §2, wire.md §5)."""

from sqlalchemy import ColumnElement, or_, select

from flexprice_client.models.subscription_line_items import ListSubscriptionLineItemsResponse, SubscriptionLineItemFilter
from flexprice_client.models.subscriptions import ListSubscriptionsResponse, SubscriptionFilter
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.subscriptions.reads import line_item_responses, list_responses
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.subscriptions.validation import check_billing_period, check_status
from flexprice_emulator.wire.errors import NotFoundError
from flexprice_emulator.wire.listing import ListSpec, expand_names, page
from flexprice_emulator.workspace.context import Context

EXPANDS = frozenset(
    {
        "plan",
        "customer",
        "prices",
        "meters",
        "schedule",
        "coupon_associations",
        "coupon",
        "subscription_line_items",
        "entitlements",
    }
)
LIST = ListSpec(SubscriptionRow, expands=EXPANDS, time_column=None, unknown_field_hint="Failed to list subscriptions")
SEARCH = ListSpec(
    SubscriptionRow,
    zero_limit="refuse",
    limit_hint="Please provide valid filter parameters",
    expands=EXPANDS,
    time_column=None,
    unknown_field_hint="Failed to list subscriptions",
)
LINES = ListSpec(
    SubscriptionLineItemRow,
    statuses=None,
    unlimited=True,
    expands={"prices", "subscription_line_items"},
    time_column=None,
    unknown_field_hint="Failed to list subscription line items",
)
_SHOWN = ("active",)


def search(ctx: Context, wanted: SubscriptionFilter, spec: ListSpec[SubscriptionRow] = LIST) -> ListSubscriptionsResponse:
    """A page of subscriptions; active ones unless a status is asked for."""
    for status in wanted.subscription_status or ():
        check_status(status)
    for period in wanted.billing_period or ():
        check_billing_period(period)
    expand = expand_names(spec, wanted.expand)
    found = page(ctx, spec, wanted, *_clauses(ctx, wanted))
    items = list_responses(ctx, found.rows, expand, with_lines=wanted.with_line_items, with_coupons=wanted.with_coupon_associations)
    return found.response(items)


def search_line_items(ctx: Context, wanted: SubscriptionLineItemFilter) -> ListSubscriptionLineItemsResponse:
    """A page of lines over all subscriptions, of any status."""
    expand = expand_names(LINES, wanted.expand)
    found = page(ctx, LINES, wanted, *_line_clauses(wanted))
    return found.response(line_item_responses(ctx, found.rows, prices="prices" in expand))


def _clauses(ctx: Context, wanted: SubscriptionFilter) -> list[ColumnElement[bool]]:
    table = SubscriptionRow
    clauses: list[ColumnElement[bool]] = [table.subscription_status.in_(wanted.subscription_status or _SHOWN)]
    if wanted.customer_id:
        clauses.append(table.customer_id == wanted.customer_id)
    elif wanted.external_customer_id:
        clauses.append(table.customer_id == _customer_id(ctx, wanted.external_customer_id))
    if wanted.plan_id:
        clauses.append(table.plan_id == wanted.plan_id)
    many = {
        "subscription_ids": table.id,
        "customer_ids": table.customer_id,
        "invoicing_customer_ids": table.invoicing_customer_id,
        "parent_subscription_ids": table.parent_subscription_id,
        "subscription_type": table.subscription_type,
        "billing_cadence": table.billing_cadence,
        "billing_period": table.billing_period,
    }
    clauses += [column.in_(getattr(wanted, name)) for name, column in many.items() if getattr(wanted, name)]
    if wanted.active_at is not None:
        clauses += [table.start_date <= wanted.active_at, or_(table.end_date.is_(None), table.end_date > wanted.active_at)]
    if wanted.trial_end_due_lte is not None:
        clauses.append(table.trial_end <= wanted.trial_end_due_lte)
    if wanted.effective_date_for_update is not None:
        moment = wanted.effective_date_for_update
        clauses.append(or_(table.current_period_end <= moment, table.cancel_at <= moment))
    if wanted.start_time is not None:
        clauses.append(table.current_period_start >= wanted.start_time)
    if wanted.end_time is not None:
        clauses.append(table.current_period_end <= wanted.end_time)
    return clauses


def _line_clauses(wanted: SubscriptionLineItemFilter) -> list[ColumnElement[bool]]:
    table = SubscriptionLineItemRow
    many = {
        "subscription_line_item_ids": table.id,
        "subscription_ids": table.subscription_id,
        "customer_ids": table.customer_id,
        "entity_ids": table.entity_id,
        "price_ids": table.price_id,
        "meter_ids": table.meter_id,
        "currencies": table.currency,
        "billing_periods": table.billing_period,
        "addon_association_ids": table.addon_association_id,
    }
    clauses: list[ColumnElement[bool]] = [column.in_(getattr(wanted, name)) for name, column in many.items() if getattr(wanted, name)]
    if wanted.entity_type:
        clauses.append(table.entity_type == wanted.entity_type)
    # Without a moment nothing has ended yet, as observed.
    if wanted.active_filter and wanted.current_period_start is not None:
        clauses.append(or_(table.end_date.is_(None), table.end_date > wanted.current_period_start))
    return clauses


def _customer_id(ctx: Context, external_id: str) -> str:
    query = select(CustomerRow.id).where(CustomerRow.external_id == external_id, CustomerRow.status == "published")
    found = ctx.session.scalar(query)
    if found is None:
        raise NotFoundError(f"Customer with lookup key {external_id} was not found", {"lookup_key": external_id})
    return found
