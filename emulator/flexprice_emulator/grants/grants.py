"""Credit grants as they are kept: templates of plans and add-ons, and what a subscription has (wallets.md §10.1-10.2)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement

from flexprice_client.models.credit_grants import (
    CreateCreditGrantRequest,
    CreditGrantFilter,
    CreditGrantResponse,
    DeleteCreditGrantRequest,
    ListCreditGrantsResponse,
    UpdateCreditGrantRequest,
)
from flexprice_emulator.catalog.tables import AddonRow, PlanRow
from flexprice_emulator.grants import applications, rules
from flexprice_emulator.grants.reads import get_row, published_of, to_response
from flexprice_emulator.grants.tables import CreditGrantRow
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.wire.errors import NotFoundError, ValidationError
from flexprice_emulator.wire.listing import ListSpec, column, page
from flexprice_emulator.workspace.context import Context

LIST_HINT = "Invalid filter parameters"
LIST = ListSpec(
    CreditGrantRow,
    statuses=("published", "archived"),
    zero_limit="echo",
    over_limit="echo",
    order_checked=False,
    unlimited=True,
    unknown_field_hint="Failed to list credit grants",
)
_TEXTS = ("name", "cadence", "period", "expiration_type", "expiration_duration_unit")
_OTHERS = ("credits", "period_count", "expiration_duration", "priority", "conversion_rate", "topup_conversion_rate")


def create(ctx: Context, request: CreateCreditGrantRequest) -> CreditGrantResponse:
    """A new grant; a subscription's is credited at once where it is due. Raises ValidationError, NotFoundError."""
    rules.check_create(request)
    subscription = _check_owner(ctx, request)
    row = add(
        ctx,
        scope=request.scope,
        plan_id=request.plan_id or "",
        addon_id=request.addon_id or "",
        subscription_id=request.subscription_id or "",
        start_date=request.start_date,
        end_date=request.end_date,
        credit_grant_anchor=request.start_date,
        **values_of(request),
    )
    if subscription is not None:
        applications.open_first(ctx, row, subscription)
    return to_response(ctx, row)


def add(ctx: Context, **values: Any) -> CreditGrantRow:
    """Insert a grant."""
    return ctx.add(CreditGrantRow(id=ctx.new_id("cg"), **values, **ctx.stamp()))


def values_of(source: Any, **more: Any) -> dict[str, Any]:
    """The terms of a request or of another grant, as columns, and `more`."""
    values = {name: getattr(source, name) or "" for name in _TEXTS} | {name: getattr(source, name) for name in _OTHERS}
    metadata = source.metadata_ if isinstance(source, CreditGrantRow) else source.metadata
    return {**values, "metadata_": metadata, **more}


def update(ctx: Context, grant_id: str, request: UpdateCreditGrantRequest) -> CreditGrantResponse:
    """Name and metadata; an end date ends the grant, which the answer does not show. Raises ValidationError, NotFoundError."""
    if request.end_date is not None and request.end_date < ctx.now:
        raise ValidationError("Please provide a valid end date", {"end_date": request.end_date})
    row = get_row(ctx, grant_id)
    if request.name:
        row.name = request.name
    if request.metadata is not None:
        row.metadata_ = request.metadata
    ctx.touch(row)
    ctx.session.flush()
    shown = to_response(ctx, row)
    if request.end_date is not None:
        delete(ctx, row, DeleteCreditGrantRequest.model_construct(effective_date=request.end_date))
    return shown


def delete(ctx: Context, row: CreditGrantRow, request: DeleteCreditGrantRequest) -> None:
    """A plan's grant is archived; others end at the effective date and stay published. Raises ValidationError for an archived one.

    Known oddity: an add-on's grant that was ended is still copied to later attachments.
    """
    if row.status != "published":
        raise ValidationError("Credit grant is already archived", {"credit_grant_id": row.id, "status": row.status})
    if row.scope == "PLAN":
        row.status = "archived"
        ctx.touch(row)
    else:
        end(ctx, [row], request.effective_date or ctx.now)


def end(ctx: Context, rows: Sequence[CreditGrantRow], effective_date: datetime) -> None:
    """Nothing is given from the date on."""
    for row in rows:
        row.end_date = effective_date
        ctx.touch(row)
    applications.cancel(ctx, [row.id for row in rows], effective_date)


def search(ctx: Context, wanted: CreditGrantFilter) -> ListCreditGrantsResponse:
    """A page of grants, archived ones included."""
    sorted_by = wanted.sort if wanted.sort and column(LIST, wanted.sort) is not None else None
    spec = replace(LIST, default_order=(sorted_by,)) if sorted_by else LIST
    found = page(ctx, spec, wanted, *_clauses(wanted))
    return found.response([to_response(ctx, row) for row in found.rows])


def _check_owner(ctx: Context, request: CreateCreditGrantRequest) -> SubscriptionRow | None:
    """The owner takes the grant; the subscription, where that is the owner."""
    if request.scope == "SUBSCRIPTION":
        subscription = ctx.session.get(SubscriptionRow, request.subscription_id or "")
        if subscription is None or subscription.status != "published":
            raise NotFoundError("Subscription not found")
        rules.check_subscription(request, subscription)
        return subscription
    owner: PlanRow | AddonRow | None
    if request.scope == "PLAN":
        word, owner_id = "plan", request.plan_id or ""
        owner = ctx.session.get(PlanRow, owner_id)
    else:
        word, owner_id = "addon", request.addon_id or ""
        owner = ctx.session.get(AddonRow, owner_id)
    if owner is None:
        raise NotFoundError(f"{word.capitalize()} with ID {owner_id} was not found", {f"{word}_id": owner_id})
    if owner.status != "published":
        raise ValidationError(f"{word.capitalize()} is not active", {f"{word}_id": owner_id, "status": owner.status})
    rules.check_same_rates(request, published_of(ctx, request.scope, [owner.id]), word)
    return None


def _clauses(wanted: CreditGrantFilter) -> list[ColumnElement[bool]]:
    given = {
        CreditGrantRow.plan_id: wanted.plan_ids,
        CreditGrantRow.subscription_id: wanted.subscription_ids,
        CreditGrantRow.addon_id: wanted.addon_ids,
        CreditGrantRow.id: wanted.credit_grant_ids,
    }
    clauses: list[ColumnElement[bool]] = [held.in_(values) for held, values in given.items() if values]
    if wanted.scope:
        clauses.append(CreditGrantRow.scope == wanted.scope)
    return clauses
