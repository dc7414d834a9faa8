"""feature_wallet_balance: a wallet's real-time credits against each feature's own thresholds (wallets.md §9.3).

The reference retired it everywhere but after a completed purchase. Every state is told, ok too.
"""

from decimal import Decimal

from sqlalchemy import select

from flexprice_client.models.alert_thresholds import AlertSettings
from flexprice_emulator.catalog.tables import FeatureRow
from flexprice_emulator.wallets.alert_log import log_state
from flexprice_emulator.wallets.tables import WalletRow
from flexprice_emulator.wallets.thresholds import state_of
from flexprice_emulator.workspace.context import Context

ALERT_TYPE = "feature_wallet_balance"


def evaluate(ctx: Context, wallet: WalletRow, credits: Decimal) -> None:
    """Log and tell what changed for the features whose alerts are enabled, oldest first."""
    query = select(FeatureRow).where(FeatureRow.status == "published", FeatureRow.alert_settings.is_not(None))
    for feature in ctx.session.scalars(query.order_by(FeatureRow.id)).all():
        settings = AlertSettings.model_validate(feature.alert_settings or {}, strict=False)
        status = state_of(credits, settings) if settings.alert_enabled else None
        if status is None:
            continue
        logged = log_state(
            ctx,
            status,
            credits,
            feature.alert_settings,
            entity_type="feature",
            entity_id=feature.id,
            alert_type=ALERT_TYPE,
            customer_id=wallet.customer_id,
            parent_entity_type="wallet",
            parent_entity_id=wallet.id,
        )
        if logged is not None:
            ctx.emit("feature.wallet_balance.alert", feature_id=feature.id, wallet_id=wallet.id, alert_type=ALERT_TYPE, alert_status=status)
