"""Alert thresholds, as wallets, settings, features and spend alerts carry them."""

from decimal import Decimal

from flexprice_client.models.base import Dec, WireRequest


class AlertThreshold(WireRequest):
    """`condition` is above or below; equality alerts too."""

    threshold: Dec = Decimal(0)
    condition: str = ""


class AlertSettings(WireRequest):
    """Thresholds by severity; enabled settings need at least one, `warning` needs `critical`, `info` may stand alone."""

    critical: AlertThreshold | None = None
    warning: AlertThreshold | None = None
    info: AlertThreshold | None = None
    alert_enabled: bool | None = None
