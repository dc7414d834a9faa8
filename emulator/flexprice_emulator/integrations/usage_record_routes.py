"""/usage-records over HTTP: snapshots of usage for marketplaces. Nothing reports to a marketplace here, so none are made."""

from sqlalchemy import ColumnElement

from flexprice_client.models.usage_records import ListUsageRecordsResponse, UsageRecordFilter, UsageRecordResponse
from flexprice_emulator.integrations.tables import UsageRecordRow
from flexprice_emulator.wire.listing import ListSpec, page
from flexprice_emulator.wire.present import present
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Usage Records")
LIST = ListSpec(UsageRecordRow, unlimited=True, conditions_checked=True, unknown_field_hint="Failed to list usage records")


@routes.search("/usage-records/search")
def search_usage_records(ctx: Context, body: UsageRecordFilter) -> ListUsageRecordsResponse:
    found = page(ctx, LIST, body, *_clauses(body))
    return found.response([present(ctx, UsageRecordResponse, row) for row in found.rows])


def _clauses(wanted: UsageRecordFilter) -> list[ColumnElement[bool]]:
    names = ("customer_id", "customer_external_id", "subscription_id", "plan_id", "currency")
    clauses: list[ColumnElement[bool]] = [getattr(UsageRecordRow, name) == getattr(wanted, name) for name in names if getattr(wanted, name)]
    if wanted.synced is not None:
        clauses.append(UsageRecordRow.synced == wanted.synced)
    if wanted.period_start is not None:
        clauses.append(UsageRecordRow.period_start >= wanted.period_start)
    if wanted.period_end is not None:
        clauses.append(UsageRecordRow.period_end <= wanted.period_end)
    return clauses
