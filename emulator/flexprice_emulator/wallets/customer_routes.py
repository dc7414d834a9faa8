"""A customer's wallets over HTTP, as bare arrays."""

from flexprice_client.models.wallets import WalletBalanceResponse, WalletResponse
from flexprice_emulator.customers.service import get_row, get_row_by_external_id
from flexprice_emulator.wallets.lifecycle import active_wallets
from flexprice_emulator.wallets.listing import LIST
from flexprice_emulator.wallets.presentation import balance_response, wallet_responses
from flexprice_emulator.wallets.reading import max_age, real_time
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.wire.listing import expand_names
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Wallets", permission="wallet:write")


@routes.get("/customers/wallets", writes=True)
def get_customer_wallets(ctx: Context) -> list[WalletResponse] | list[WalletBalanceResponse]:
    identity, lookup_key = ctx.query("id"), ctx.query("lookup_key")
    if not identity and not lookup_key:
        raise ValidationError("Please provide either id or lookup_key")
    if identity and lookup_key:
        raise ValidationError("Please provide either 'id' or 'lookup_key', but not both.")
    customer = get_row(ctx, identity) if identity else get_row_by_external_id(ctx, lookup_key)
    expand = expand_names(LIST, ctx.query("expand"))
    rows = active_wallets(ctx, customer.id)
    if ctx.query("include_real_time_balance") != "true":
        return wallet_responses(ctx, rows, frozenset())
    from_cache = ctx.query("from_cache") == "true"
    return [balance_response(ctx, row, real_time(ctx, row, from_cache=from_cache, max_age=max_age(ctx)), expand) for row in rows]


@routes.get("/customers/{id}/wallets")
def get_wallets_by_customer_id(ctx: Context, id: str) -> list[WalletResponse]:
    return wallet_responses(ctx, active_wallets(ctx, id), expand_names(LIST, ctx.query("expand")))
