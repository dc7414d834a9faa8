"""`POST /alerts/search`: the log of alert states, newest first (wallets.md §9.6)."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select

from flexprice_client.models.alert_logs import AlertLogFilter, AlertLogResponse, ListAlertLogsResponse
from flexprice_client.models.customers import CustomerResponse
from flexprice_client.models.wallets import WalletResponse
from flexprice_emulator.catalog.features import responses as feature_responses
from flexprice_emulator.customers.service import to_response as customer_response
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.wallets.presentation import wallet_response
from flexprice_emulator.wallets.tables import AlertLogRow, WalletRow
from flexprice_emulator.wallets.thresholds import IN_ALARM, INFO, OK, WARNING
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.wire.listing import ListSpec, expand_names, page
from flexprice_emulator.wire.present import present
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

LIST = ListSpec(AlertLogRow, expands={"customer", "wallet", "feature"}, unknown_field_hint="Failed to list alert logs")
_CHOICES = {
    "alert_type": (
        "alert type",
        (
            "low_ongoing_balance",
            "low_credit_balance",
            "feature_wallet_balance",
            "subscription_spend",
            "subscription_line_item_spend",
            "subscription_group_spend",
            "entitlement_grant_threshold",
            "entitlement_grant_exhausted",
        ),
    ),
    "alert_status": ("alert status", (OK, INFO, WARNING, IN_ALARM)),
    "entity_type": ("alert entity type", ("wallet", "feature", "subscription", "subscription_line_item", "group", "entitlement_grant")),
}
_EQUAL = ("entity_type", "entity_id", "alert_type", "alert_status", "customer_id")

routes = Routes("Alerts", hint="Invalid filter parameters")


@routes.search("/alerts/search")
def search_alert_logs(ctx: Context, body: AlertLogFilter) -> ListAlertLogsResponse:
    return search(ctx, body)


def search(ctx: Context, wanted: AlertLogFilter) -> ListAlertLogsResponse:
    """A page of changes of state. Raises ValidationError for a type, status or entity type that does not exist."""
    found = page(ctx, LIST, wanted, *_clauses(wanted))
    return found.response(_shown(ctx, found.rows, expand_names(LIST, wanted.expand)))


def _clauses(wanted: AlertLogFilter) -> list[ColumnElement[bool]]:
    for name, (label, allowed) in _CHOICES.items():
        text = getattr(wanted, name)
        if text and text not in allowed:
            raise ValidationError(f"Please provide a valid {label}")
    return [getattr(AlertLogRow, name) == getattr(wanted, name) for name in _EQUAL if getattr(wanted, name)]


def _shown(ctx: Context, rows: Sequence[AlertLogRow], expand: frozenset[str]) -> list[AlertLogResponse]:
    customers: dict[str, CustomerResponse] = {}
    if "customer" in expand:
        ids = {row.customer_id for row in rows}
        customers = {row.id: customer_response(ctx, row) for row in ctx.session.scalars(select(CustomerRow).where(CustomerRow.id.in_(ids)))}
    wallets: dict[str, WalletResponse] = {}
    if "wallet" in expand:
        ids = {_of_type("wallet", row) for row in rows}
        wallets = {row.id: wallet_response(ctx, row) for row in ctx.session.scalars(select(WalletRow).where(WalletRow.id.in_(ids)))}
    features = feature_responses(ctx, {_of_type("feature", row) for row in rows}) if "feature" in expand else {}
    return [
        present(
            ctx,
            AlertLogResponse,
            row,
            customer=customers.get(row.customer_id),
            wallet=wallets.get(_of_type("wallet", row)),
            feature=features.get(_of_type("feature", row)),
        )
        for row in rows
    ]


def _of_type(entity_type: str, row: AlertLogRow) -> str:
    """The id of the alert's wallet or feature, whether it is its entity or its entity's parent."""
    if row.entity_type == entity_type:
        return row.entity_id
    return row.parent_entity_id if row.parent_entity_type == entity_type else ""
