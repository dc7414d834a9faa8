"""/wallets over HTTP."""

from flexprice_client.models.wallets import (
    CreateWalletRequest,
    ListWalletsResponse,
    ListWalletTransactionsResponse,
    ManualBalanceDebitRequest,
    ModifyWalletRequest,
    ModifyWalletResponse,
    TopUpWalletRequest,
    TopUpWalletResponse,
    UpdateWalletRequest,
    WalletBalanceResponse,
    WalletFilter,
    WalletResponse,
    WalletTransactionFilter,
)
from flexprice_emulator.wallets import lifecycle, listing, transactions
from flexprice_emulator.wallets.debits import manual_debit
from flexprice_emulator.wallets.presentation import balance_response, transaction_response, wallet_response
from flexprice_emulator.wallets.reading import max_age, real_time
from flexprice_emulator.wallets.tables import WalletRow
from flexprice_emulator.wallets.topup import top_up
from flexprice_emulator.wire.errors import BareError, NotFoundError
from flexprice_emulator.wire.listing import expand_names
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Wallets", permission="wallet:write")


@routes.post("/wallets")
def create_wallet(ctx: Context, body: CreateWalletRequest) -> WalletResponse:
    return wallet_response(ctx, lifecycle.create(ctx, body))


@routes.get("/wallets", hint=listing.LIST_HINT)
def list_wallets(ctx: Context, query: WalletFilter) -> ListWalletsResponse:
    return listing.search(ctx, query)


@routes.search("/wallets/search", hint=listing.LIST_HINT)
def search_wallets(ctx: Context, body: WalletFilter) -> ListWalletsResponse:
    if body.limit is None and body.offset is None and not body.order and not body.expand:
        # The reference crashes without any paging field, observed every time.
        raise BareError(500, None)
    return listing.search(ctx, body)


@routes.search("/wallets/transactions/search", hint=listing.LIST_HINT)
def search_wallet_transactions(ctx: Context, body: WalletTransactionFilter) -> ListWalletTransactionsResponse:
    return transactions.search(ctx, body, ctx.query("expand") or body.expand or "")


@routes.get("/wallets/{id}")
def get_wallet(ctx: Context, id: str) -> WalletResponse:
    return wallet_response(ctx, lifecycle.get_row(ctx, id))


@routes.put("/wallets/{id}")
def update_wallet(ctx: Context, id: str, body: UpdateWalletRequest) -> WalletResponse:
    return wallet_response(ctx, lifecycle.update(ctx, lifecycle.get_row(ctx, id), body))


@routes.get("/wallets/{id}/transactions", hint=listing.LIST_HINT)
def list_wallet_transactions(ctx: Context, id: str, query: WalletTransactionFilter) -> ListWalletTransactionsResponse:
    # A wallet's own list expands nothing.
    return transactions.search(ctx, query.model_copy(update={"id": id}))


@routes.get("/wallets/{id}/balance/real-time", writes=True)
def get_wallet_balance(ctx: Context, id: str) -> WalletBalanceResponse:
    expand = expand_names(listing.LIST, ctx.query("expand"))
    row = lifecycle.get_row(ctx, id)
    return balance_response(ctx, row, real_time(ctx, row, from_cache=ctx.query("from_cache") == "true"), expand)


@routes.get("/wallets/{id}/balance/real-time-cached", writes=True)
def get_cached_wallet_balance(ctx: Context, id: str) -> WalletBalanceResponse:
    expand = expand_names(listing.LIST, ctx.query("expand"))
    row = lifecycle.get_row(ctx, id)
    return balance_response(ctx, row, real_time(ctx, row, from_cache=True, max_age=max_age(ctx)), expand)


@routes.post("/wallets/{id}/top-up")
def top_up_wallet(ctx: Context, id: str, body: TopUpWalletRequest) -> TopUpWalletResponse:
    row = ctx.session.get(WalletRow, id)
    if row is None:
        raise NotFoundError("Wallet not found")
    made = top_up(ctx, row, body)
    return TopUpWalletResponse.model_construct(
        wallet_transaction=transaction_response(ctx, made.transaction),
        invoice_id=made.invoice_id,
        wallet=wallet_response(ctx, row),
        checkout_session=made.checkout_session.to_wire() if made.checkout_session else None,
    )


@routes.post("/wallets/{id}/debit")
def debit_wallet(ctx: Context, id: str, body: ManualBalanceDebitRequest) -> WalletResponse:
    row = lifecycle.get_row(ctx, id)
    manual_debit(ctx, row, body)
    return wallet_response(ctx, row)


@routes.post("/wallets/{id}/terminate", body_optional=True)
def terminate_wallet(ctx: Context, id: str) -> str:
    lifecycle.terminate(ctx, lifecycle.get_row(ctx, id))
    return "wallet terminated successfully"


@routes.post("/wallets/{id}/modify")
def modify_wallet(ctx: Context, id: str, body: ModifyWalletRequest) -> ModifyWalletResponse:
    row = lifecycle.get_row(ctx, id)
    # The answer shows the closed wallet's alerts as they were before it was drained.
    alert_state = row.alert_state
    new = lifecycle.convert(ctx, row, body.modification_type)
    return ModifyWalletResponse.model_construct(
        original_wallet=wallet_response(ctx, row, alert_state=alert_state), new_wallet=wallet_response(ctx, new)
    )
