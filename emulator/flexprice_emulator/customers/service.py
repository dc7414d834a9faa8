"""What customers do (wire.md §6, operations.md Customers)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from flexprice_client.models.customers import (
    CreateCustomerRequest,
    CustomerFilter,
    CustomerResponse,
    ListCustomersResponse,
    UpdateCustomerRequest,
)
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.wire.errors import AlreadyExistsError, BareError, InvalidOperationError, NotFoundError
from flexprice_emulator.wire.listing import ListSpec, expand_names, page
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.sql import json_text

LIST_HINT = "Invalid filter parameters"
LIST = ListSpec(
    CustomerRow, limit_hint=LIST_HINT, expands={"integrations"}, time_column=None, unknown_field_hint="Failed to list customers"
)

_TEXTS = {"external_id", "name", "email", "contact"} | {
    f"address_{part}" for part in ("line1", "line2", "city", "state", "postal_code", "country")
}


def create(ctx: Context, request: CreateCustomerRequest) -> CustomerResponse:
    """A new customer. Raises AlreadyExistsError for an external_id in use."""
    if _published(ctx, request.external_id) is not None:
        raise AlreadyExistsError("A customer with this identifier already exists", {"external_id": request.external_id})
    row = CustomerRow(
        id=ctx.new_id("cust"),
        timezone=request.timezone or "UTC",
        metadata_=request.metadata,
        **request.model_dump(include=_TEXTS),
        **ctx.stamp(),
    )
    ctx.add(row)
    if request.tax_rate_overrides:
        # Taxes look customers up, so they can only be asked once this module is complete.
        from flexprice_emulator.taxes.service import link_overrides

        link_overrides(ctx, "customer", row.id, request.tax_rate_overrides)
    ctx.emit("customer.created", customer_id=row.id)
    return to_response(ctx, row)


def get_row(ctx: Context, customer_id: str) -> CustomerRow:
    """A customer by id, archived ones included. Raises NotFoundError."""
    row = ctx.session.get(CustomerRow, customer_id)
    if row is None:
        raise NotFoundError(f"Customer with ID {customer_id} was not found", {"customer_id": customer_id})
    return row


def get_row_by_external_id(ctx: Context, external_id: str) -> CustomerRow:
    """A published customer by external_id. Raises NotFoundError."""
    row = _published(ctx, external_id)
    if row is None:
        raise NotFoundError(f"Customer with lookup key {external_id} was not found", {"lookup_key": external_id})
    return row


def update(ctx: Context, row: CustomerRow, request: UpdateCustomerRequest) -> CustomerResponse:
    """Changes what is given. A new external_id is noted in metadata.old_external_ids, as the reference does."""
    changes = request.model_dump(exclude={"metadata"}, exclude_none=True)
    new_external_id = changes.get("external_id") or row.external_id
    renamed = new_external_id != row.external_id
    if renamed:
        if not row.metadata_ and not request.metadata:
            # The reference crashes here and changes nothing.
            raise BareError(500, None)
        if _published(ctx, new_external_id) is not None:
            details = {"email": changes.get("email") or row.email, "external_id": new_external_id}
            raise AlreadyExistsError("A customer with this identifier already exists", details)
    for name, value in changes.items():
        setattr(row, name, value)
    if request.metadata is not None:
        row.metadata_ = request.metadata
    if renamed:
        noted = dict(row.metadata_ or {})
        # Known oddity: the id is assigned first, so the note holds the new one.
        noted["old_external_ids"] = ",".join(filter(None, (noted.get("old_external_ids"), new_external_id)))
        row.metadata_ = noted
    ctx.touch(row)
    ctx.session.flush()
    ctx.emit("customer.updated", customer_id=row.id)
    return to_response(ctx, row)


def archive(ctx: Context, row: CustomerRow) -> None:
    """Archive a customer. Raises InvalidOperationError while it has subscriptions that are not cancelled or active wallets,
    and NotFoundError when it is archived already."""
    if row.status != "published":
        raise NotFoundError("Customer does not exist")
    from flexprice_emulator.subscriptions.tables import SubscriptionRow
    from flexprice_emulator.wallets.service import has_active

    live = select(SubscriptionRow.id).where(
        SubscriptionRow.customer_id == row.id,
        SubscriptionRow.subscription_status != "cancelled",
        SubscriptionRow.status == "published",
    )
    if ctx.session.scalar(live.limit(1)) is not None:
        raise InvalidOperationError("Please cancel all subscriptions before deleting the customer")
    if has_active(ctx, row.id):
        raise InvalidOperationError("Customer cannot be deleted due to associated wallets")
    row.status = "archived"
    ctx.touch(row)
    ctx.emit("customer.deleted", customer_id=row.id)


def search(ctx: Context, wanted: CustomerFilter) -> ListCustomersResponse:
    """A page of customers."""
    found = page(ctx, LIST, wanted, *_clauses(wanted))
    return found.response(expanded(ctx, found.rows, expand_names(LIST, wanted.expand)))


def expanded(ctx: Context, rows: Sequence[CustomerRow], expand: Collection[str]) -> list[CustomerResponse]:
    """The wire's customers; `integrations` shows only where there are any."""
    linked: Mapping[str, Any] = {}
    if "integrations" in expand:
        # Mappings belong to connections, which most callers never ask for.
        from flexprice_emulator.integrations.mappings import of_entities

        linked = of_entities(ctx, "customer", [row.id for row in rows])
    return [present(ctx, CustomerResponse, row, integrations=linked.get(row.id)) for row in rows]


def to_response(ctx: Context, row: CustomerRow) -> CustomerResponse:
    """The wire's customer."""
    return present(ctx, CustomerResponse, row)


def _published(ctx: Context, external_id: str) -> CustomerRow | None:
    return ctx.session.scalar(select(CustomerRow).where(CustomerRow.external_id == external_id, CustomerRow.status == "published"))


def _clauses(wanted: CustomerFilter) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    if wanted.customer_ids:
        clauses.append(CustomerRow.id.in_(wanted.customer_ids))
    if wanted.external_ids:
        clauses.append(CustomerRow.external_id.in_(wanted.external_ids))
    if wanted.external_id:
        clauses.append(CustomerRow.external_id == wanted.external_id)
    if wanted.email:
        clauses.append(CustomerRow.email == wanted.email)
    for key, value in (wanted.metadata or {}).items():
        clauses.append(json_text(CustomerRow.metadata_, key) == value)
    return clauses
