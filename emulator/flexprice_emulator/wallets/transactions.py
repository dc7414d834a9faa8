"""Lists of ledger entries (wallets.md §13)."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, Float, cast, select

from flexprice_client.models.users import UserResponse
from flexprice_client.models.wallets import ListWalletTransactionsResponse, WalletTransactionFilter, WalletTransactionResponse
from flexprice_emulator.customers.service import to_response as customer_response
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.platform.root import root_context
from flexprice_emulator.platform.tables import UserRow
from flexprice_emulator.platform.users import to_response as user_response
from flexprice_emulator.wallets.presentation import transaction_response, wallet_response
from flexprice_emulator.wallets.tables import WalletRow, WalletTransactionRow
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.wire.listing import ListSpec, expand_names, page
from flexprice_emulator.workspace.context import Context

RowT = TypeVar("RowT", CustomerRow, WalletRow, UserRow)

LIST_HINT = "Invalid filter"
LIST = ListSpec(
    WalletTransactionRow,
    statuses=("published", "archived"),
    limit_hint=LIST_HINT,
    expands={"customer", "created_by_user", "wallet"},
    unknown_field_hint="Failed to list wallet transactions",
)
_CHOICES = {
    "type": ("transaction type", ("credit", "debit")),
    "transaction_status": ("transaction status", ("pending", "completed", "failed")),
}


def search(ctx: Context, wanted: WalletTransactionFilter, expand: str = "") -> ListWalletTransactionsResponse:
    """A page of entries, each with what `expand` names."""
    found = page(ctx, LIST, wanted, *_clauses(wanted))
    return found.response(_shown(ctx, found.rows, expand_names(LIST, expand)))


def _shown(ctx: Context, rows: Sequence[WalletTransactionRow], expand: frozenset[str]) -> list[WalletTransactionResponse]:
    customers = _held(ctx, CustomerRow, {row.customer_id for row in rows}) if "customer" in expand else {}
    wallets = _held(ctx, WalletRow, {row.wallet_id for row in rows}) if "wallet" in expand else {}
    users = _users(ctx, {row.created_by for row in rows}) if "created_by_user" in expand else {}
    items = []
    for row in rows:
        customer, wallet = customers.get(row.customer_id), wallets.get(row.wallet_id)
        items.append(
            transaction_response(
                ctx,
                row,
                customer=customer_response(ctx, customer) if customer else None,
                created_by_user=users.get(row.created_by),
                wallet=wallet_response(ctx, wallet) if wallet else None,
            )
        )
    return items


def _held(ctx: Context, table: type[RowT], ids: set[str]) -> dict[str, RowT]:
    rows = ctx.session.scalars(select(table).where(table.id.in_(ids)))
    return {row.id: row for row in rows}


def _users(ctx: Context, ids: set[str]) -> dict[str, UserResponse]:
    with root_context(ctx) as root:
        return {identity: user_response(root, row) for identity, row in _held(root, UserRow, ids).items()}


def _clauses(wanted: WalletTransactionFilter) -> list[ColumnElement[bool]]:
    for name, (label, allowed) in _CHOICES.items():
        text = getattr(wanted, name)
        if text and text not in allowed:
            raise ValidationError(f"Please provide a valid {label}", {"allowed": list(allowed), name: text})
    if bool(wanted.reference_type) != bool(wanted.reference_id):
        raise ValidationError("Reference type and reference id must be provided together")
    row = WalletTransactionRow
    equal = {
        row.wallet_id: wanted.id,
        row.type: wanted.type,
        row.transaction_status: wanted.transaction_status,
        row.reference_type: wanted.reference_type,
        row.reference_id: wanted.reference_id,
        row.transaction_reason: wanted.transaction_reason,
    }
    clauses: list[ColumnElement[bool]] = [column == text for column, text in equal.items() if text]
    if wanted.priority is not None:
        clauses.append(row.priority == wanted.priority)
    if wanted.credits_available_gt is not None:
        clauses.append(cast(row.credits_available, Float) > float(wanted.credits_available_gt))
    if wanted.expiry_date_before is not None:
        clauses.append(row.expiry_date <= wanted.expiry_date_before)
    if wanted.expiry_date_after is not None:
        clauses.append(row.expiry_date >= wanted.expiry_date_after)
    return clauses
