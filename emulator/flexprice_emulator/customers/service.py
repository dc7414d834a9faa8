"""Finding and showing customers (wire.md §6, operations.md Customers)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from flexprice_client.models.customers import CustomerFilter, CustomerResponse, ListCustomersResponse
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.wire.errors import NotFoundError
from flexprice_emulator.wire.listing import ListSpec, expand_names, page
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.sql import json_text

LIST_HINT = "Invalid filter parameters"
LIST = ListSpec(
    CustomerRow, limit_hint=LIST_HINT, expands={"integrations"}, time_column=None, unknown_field_hint="Failed to list customers"
)


def get_row(ctx: Context, customer_id: str) -> CustomerRow:
    """A customer by id, archived ones included. Raises NotFoundError."""
    row = ctx.session.get(CustomerRow, customer_id)
    if row is None:
        raise NotFoundError(f"Customer with ID {customer_id} was not found", {"customer_id": customer_id})
    return row


def get_row_by_external_id(ctx: Context, external_id: str) -> CustomerRow:
    """A published customer by external_id. Raises NotFoundError."""
    row = published(ctx, external_id)
    if row is None:
        raise NotFoundError(f"Customer with lookup key {external_id} was not found", {"lookup_key": external_id})
    return row


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


def published(ctx: Context, external_id: str) -> CustomerRow | None:
    """The customer that has an external_id now."""
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
