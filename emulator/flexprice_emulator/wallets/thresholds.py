"""Alert thresholds: what is a valid set, and which state a value is in (wallets.md §9.1-9.2)."""

from collections.abc import Sequence
from decimal import Decimal

from flexprice_client.models.alert_thresholds import AlertSettings, AlertThreshold
from flexprice_emulator.wire.errors import ValidationError

OK, INFO, WARNING, IN_ALARM = "ok", "info", "warning", "in_alarm"
CONDITIONS = ("above", "below")


def check_alert_settings(settings: AlertSettings) -> None:
    """Raises ValidationError for enabled settings without a threshold, and for thresholds that contradict each other."""
    if settings.alert_enabled and not _present(settings):
        raise ValidationError("Please provide at least one threshold configuration")
    critical, warning, info = settings.critical, settings.warning, settings.info
    if warning is not None and critical is None:
        raise ValidationError("Please provide a critical threshold")
    if critical is not None and critical.condition not in CONDITIONS:
        raise ValidationError("Please provide a valid critical threshold condition")
    if warning is not None and critical is not None and not _ordered(critical, warning):
        raise ValidationError("Please provide a valid warning threshold")
    if info is not None:
        stronger = warning or critical
        if info.condition not in CONDITIONS or (stronger is not None and not _ordered(stronger, info)):
            raise ValidationError("Please provide a valid info threshold")


def state_of(value: Decimal, settings: AlertSettings) -> str | None:
    """ok, info, warning or in_alarm; None without any threshold. Equality alerts."""
    present = _present(settings)
    if not present:
        return None
    condition = present[0].condition
    for state, level in ((IN_ALARM, settings.critical), (WARNING, settings.warning), (INFO, settings.info)):
        if level is not None and (value >= level.threshold if condition == "above" else value <= level.threshold):
            return state
    return OK


def _present(settings: AlertSettings) -> Sequence[AlertThreshold]:
    return [level for level in (settings.critical, settings.warning, settings.info) if level is not None]


def _ordered(stronger: AlertThreshold, weaker: AlertThreshold) -> bool:
    if weaker.condition != stronger.condition:
        return False
    return stronger.threshold >= weaker.threshold if stronger.condition == "above" else stronger.threshold <= weaker.threshold
