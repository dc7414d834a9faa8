"""Lists of wallets: paging is taken and ignored, everything comes back (wallets.md §13.2)."""

from sqlalchemy import select

from flexprice_client.models.base import Pagination
from flexprice_client.models.wallets import ListWalletsResponse, WalletFilter
from flexprice_emulator.wallets.evaluation import has_thresholds
from flexprice_emulator.wallets.presentation import EXPANDS, wallet_responses
from flexprice_emulator.wallets.tables import WalletRow
from flexprice_emulator.wire.errors import UNEXPECTED, ValidationError
from flexprice_emulator.wire.listing import DEFAULT_LIMIT, MAX_LIMIT, ListSpec, expand_names
from flexprice_emulator.workspace.context import Context

LIST_HINT = "Invalid filter parameters"
LIST = ListSpec(WalletRow, expands=EXPANDS)


def search(ctx: Context, wanted: WalletFilter) -> ListWalletsResponse:
    """Every wallet of any status that fits. Raises ValidationError for paging that would be refused were it used."""
    if wanted.limit and not 1 <= wanted.limit <= MAX_LIMIT:
        raise ValidationError(UNEXPECTED, {"limit": f"must be between 1 and {MAX_LIMIT}"})
    if wanted.offset is not None and wanted.offset < 0:
        raise ValidationError(UNEXPECTED, {"offset": "must be non-negative"})
    if wanted.order not in (None, "", "asc", "desc"):
        raise ValidationError(UNEXPECTED, {"order": "must be either 'asc' or 'desc'"})
    expand = expand_names(LIST, wanted.expand)
    query = select(WalletRow).where(WalletRow.status == "published")
    if wanted.status:
        query = query.where(WalletRow.wallet_status == wanted.status)
    if wanted.wallet_ids:
        query = query.where(WalletRow.id.in_(wanted.wallet_ids))
    rows = list(ctx.session.scalars(query.order_by(WalletRow.created_at, WalletRow.id)))
    if wanted.alert_enabled is not None:
        rows = [row for row in rows if _alert_enabled(row) == wanted.alert_enabled]
    pagination = Pagination.model_construct(total=len(rows), limit=DEFAULT_LIMIT, offset=0)
    return ListWalletsResponse.model_construct(items=wallet_responses(ctx, rows, expand), pagination=pagination)


def _alert_enabled(row: WalletRow) -> bool:
    return has_thresholds(row.alert_settings) and bool((row.alert_settings or {}).get("alert_enabled"))
