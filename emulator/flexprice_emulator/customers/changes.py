"""Customers come, change and go (wire.md §6, operations.md Customers)."""

from sqlalchemy import select

from flexprice_client.models.customers import CreateCustomerRequest, CustomerResponse, UpdateCustomerRequest
from flexprice_emulator.customers.service import published, to_response
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.taxes.service import link_overrides
from flexprice_emulator.wallets.service import has_active
from flexprice_emulator.wire.errors import AlreadyExistsError, BareError, InvalidOperationError, NotFoundError
from flexprice_emulator.workspace.context import Context

_TEXTS = {"external_id", "name", "email", "contact"} | {
    f"address_{part}" for part in ("line1", "line2", "city", "state", "postal_code", "country")
}


def create(ctx: Context, request: CreateCustomerRequest) -> CustomerResponse:
    """A new customer. Raises AlreadyExistsError for an external_id in use."""
    if published(ctx, request.external_id) is not None:
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
        link_overrides(ctx, "customer", row.id, request.tax_rate_overrides)
    ctx.emit("customer.created", customer_id=row.id)
    return to_response(ctx, row)


def update(ctx: Context, row: CustomerRow, request: UpdateCustomerRequest) -> CustomerResponse:
    """Changes what is given. A new external_id is noted in metadata.old_external_ids, as the reference does."""
    changes = request.model_dump(exclude={"metadata"}, exclude_none=True)
    new_external_id = changes.get("external_id") or row.external_id
    renamed = new_external_id != row.external_id
    if renamed:
        if not row.metadata_ and not request.metadata:
            # The reference crashes here and changes nothing.
            raise BareError(500, None)
        if published(ctx, new_external_id) is not None:
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
