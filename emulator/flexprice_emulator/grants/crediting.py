"""From an application to credits in a wallet (wallets.md §10.7)."""

from datetime import datetime

from flexprice_client.models.wallets import TopUpWalletRequest
from flexprice_emulator.grants.rules import stored_rate
from flexprice_emulator.grants.tables import CreditGrantApplicationRow, CreditGrantRow
from flexprice_emulator.rating.decimals import ONE
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.wallets import lifecycle
from flexprice_emulator.wallets.tables import WalletRow
from flexprice_emulator.wallets.topup import top_up
from flexprice_emulator.wire.errors import AlreadyExistsError
from flexprice_emulator.workspace.context import Context

REASON = "SUBSCRIPTION_CREDIT_GRANT"
_TAKEN = "Failed to create wallet for top up: customer already has an active wallet with the same currency and wallet type"


def credit_wallet(
    ctx: Context, application: CreditGrantApplicationRow, grant: CreditGrantRow, subscription: SubscriptionRow, expiry: datetime | None
) -> None:
    """Credit the customer's wallet, once: the application's id is the key.

    Raises AlreadyExistsError where no wallet fits or can be made, and what a top-up raises.
    """
    wallet = _fitting(ctx, grant, subscription) or _opened(ctx, grant, subscription)
    named = {"grant_id": grant.id, "subscription_id": subscription.id, "cga_id": application.id}
    top_up(
        ctx,
        wallet,
        TopUpWalletRequest.model_construct(
            credits_to_add=application.credits,
            transaction_reason=REASON,
            idempotency_key=application.id,
            metadata={**(application.metadata_ or {}), **named},
            expiry_date_utc=expiry,
            priority=grant.priority,
        ),
    )


def _fitting(ctx: Context, grant: CreditGrantRow, subscription: SubscriptionRow) -> WalletRow | None:
    """The oldest active prepaid wallet of the currency that has the grant's rates, where it names any."""
    for wallet in lifecycle.active_wallets(ctx, subscription.customer_id, subscription.currency, lifecycle.PREPAID):
        rates = (
            (stored_rate(grant.conversion_rate), wallet.conversion_rate),
            (stored_rate(grant.topup_conversion_rate), wallet.topup_conversion_rate),
        )
        if all(wanted in (None, held) for wanted, held in rates):
            return wallet
    return None


def _opened(ctx: Context, grant: CreditGrantRow, subscription: SubscriptionRow) -> WalletRow:
    try:
        wallet = lifecycle.open_wallet(
            ctx,
            subscription.customer_id,
            subscription.currency,
            conversion_rate=grant.conversion_rate or ONE,
            topup_conversion_rate=grant.topup_conversion_rate,
        )
    except AlreadyExistsError:
        raise AlreadyExistsError(_TAKEN) from None
    ctx.emit("wallet.created", wallet_id=wallet.id)
    return wallet
