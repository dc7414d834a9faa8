"""Wallets: credits, their ledger and the balance that unbilled usage leaves."""

from typing import Final, TypeAlias

from flexprice_client.models.base import SuccessResponse
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
from flexprice_client.resources.calls import Fields, fetch, fetch_array, post, put, with_page
from flexprice_client.resources.operation import AsyncResource, Call, SyncResource, operation, paged
from flexprice_client.resources.paging import Page
from flexprice_client.transport.codec import to_plain

WalletArray: TypeAlias = list[WalletResponse]
BalanceArray: TypeAlias = list[WalletBalanceResponse]

# Without any of these the search of the real service fails with 500 (wire.md §5).
_PAGING: Final = ("limit", "offset", "order", "expand")


class WalletsOperations:
    @operation
    def create(self, request: CreateWalletRequest | Fields) -> Call[WalletResponse]:
        """Create a wallet. Raises AlreadyExistsError for a second one of the customer, currency and type."""
        return post("/wallets", WalletResponse, request)

    @operation
    def get(self, wallet_id: str) -> Call[WalletResponse]:
        return fetch("/wallets/{id}", WalletResponse, id=wallet_id)

    @operation
    def update(self, wallet_id: str, request: UpdateWalletRequest | Fields) -> Call[WalletResponse]:
        return put("/wallets/{id}", WalletResponse, request, id=wallet_id)

    @operation
    def list(self, query: Fields | None = None) -> Call[ListWalletsResponse]:
        return fetch("/wallets", ListWalletsResponse, query)

    @operation
    def search(self, filter: WalletFilter | Fields | None = None) -> Call[ListWalletsResponse]:
        body = to_plain(filter) if filter is not None else {}
        return post("/wallets/search", ListWalletsResponse, body if any(name in body for name in _PAGING) else {**body, "offset": 0})

    @paged
    def iter_all(self, page: Page, filter: WalletFilter | Fields | None = None) -> Call[ListWalletsResponse]:
        return post("/wallets/search", ListWalletsResponse, with_page(filter, page))

    @operation
    def list_by_customer(self, customer_id: str) -> Call[WalletArray]:
        """All wallets of a customer."""
        return fetch_array("/customers/{id}/wallets", WalletResponse, id=customer_id)

    @operation
    def balances_by_external_id(self, external_id: str, query: Fields | None = None) -> Call[BalanceArray]:
        """All wallets of a customer; with real-time figures where the query asks for `include_real_time_balance`."""
        return fetch_array("/customers/wallets", WalletBalanceResponse, {**(query or {}), "lookup_key": external_id})

    @operation
    def balance(self, wallet_id: str, expand: str | None = None) -> Call[WalletBalanceResponse]:
        """The balance less unbilled usage and unpaid invoices, computed now. `expand` may be credits_available_breakdown."""
        return fetch("/wallets/{id}/balance/real-time", WalletBalanceResponse, {"expand": expand}, id=wallet_id)

    @operation
    def cached_balance(self, wallet_id: str, max_age: int | None = None, expand: str | None = None) -> Call[WalletBalanceResponse]:
        """The balance as last computed, if that is at most `max_age` seconds ago."""
        headers = {} if max_age is None else {"x-max-live": str(max_age)}
        return fetch("/wallets/{id}/balance/real-time-cached", WalletBalanceResponse, {"expand": expand}, headers, id=wallet_id)

    @operation
    def top_up(self, wallet_id: str, request: TopUpWalletRequest | Fields) -> Call[TopUpWalletResponse]:
        """Add credits. With an `idempotency_key` a repeat raises AlreadyExistsError instead of adding twice."""
        return post("/wallets/{id}/top-up", TopUpWalletResponse, request, id=wallet_id)

    @operation
    def debit(self, wallet_id: str, request: ManualBalanceDebitRequest | Fields) -> Call[WalletResponse]:
        """Take credits by hand; `idempotency_key` is needed. Raises AlreadyExistsError for one used before."""
        return post("/wallets/{id}/debit", WalletResponse, request, id=wallet_id)

    @operation
    def modify(self, wallet_id: str, request: ModifyWalletRequest | Fields) -> Call[ModifyWalletResponse]:
        """Turn a prepaid wallet into a postpaid one."""
        return post("/wallets/{id}/modify", ModifyWalletResponse, request, id=wallet_id)

    @operation
    def terminate(self, wallet_id: str) -> Call[SuccessResponse]:
        """Take what is left and close the wallet."""
        return post("/wallets/{id}/terminate", SuccessResponse, {}, id=wallet_id)

    @operation
    def transactions(self, wallet_id: str, query: Fields | None = None) -> Call[ListWalletTransactionsResponse]:
        """The ledger of one wallet."""
        return fetch("/wallets/{id}/transactions", ListWalletTransactionsResponse, query, id=wallet_id)

    @operation
    def search_transactions(self, filter: WalletTransactionFilter | Fields | None = None) -> Call[ListWalletTransactionsResponse]:
        return post("/wallets/transactions/search", ListWalletTransactionsResponse, filter or {})

    @paged
    def iter_transactions(self, page: Page, filter: WalletTransactionFilter | Fields | None = None) -> Call[ListWalletTransactionsResponse]:
        """Every ledger row the filter finds, over all wallets."""
        return post("/wallets/transactions/search", ListWalletTransactionsResponse, with_page(filter, page))


class Wallets(WalletsOperations, SyncResource):
    """Blocking operations on wallets."""


class AsyncWallets(WalletsOperations, AsyncResource):
    """Awaiting operations on wallets."""
