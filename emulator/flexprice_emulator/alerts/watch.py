"""Noticing usage that may change an alert (wallets.md §9.4): the customers who used something are looked at as due work.

Invariant: where no alert of the environment depends on usage, ingestion writes nothing more than its events.
"""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import select

from flexprice_emulator.alerts.tables import AlertSettingRow
from flexprice_emulator.entitlements.tables import EntitlementRow
from flexprice_emulator.platform.settings.service import value as setting
from flexprice_emulator.subscriptions.kept import kept
from flexprice_emulator.workspace.context import Context

KIND: Final = "alerts.usage"
_CACHE: Final = "alerts.spend_is_watched"
_SPEND = select(AlertSettingRow.id).where(AlertSettingRow.enabled.is_(True), AlertSettingRow.status == "published").limit(1)
_QUOTAS = select(EntitlementRow.id).where(EntitlementRow.grant_measure != "", EntitlementRow.status == "published").limit(1)


def note_usage(ctx: Context, external_customer_ids: Iterable[str]) -> None:
    """Have these customers' alerts looked at. Due at once and one row a customer: more usage until then is the same look."""
    if is_watched(ctx):
        for external_id in dict.fromkeys(external_customer_ids):
            ctx.schedule(KIND, ctx.now, external_customer_id=external_id)


def is_watched(ctx: Context) -> bool:
    """Whether usage can change any alert here: of wallets, of spending, or of an entitlement's quota."""
    return bool(setting(ctx, "wallet_balance_alert_config").get("alert_enabled")) or _spend_is_watched(ctx) or _has_quotas(ctx)


def forget(ctx: Context) -> None:
    """Spend settings change."""
    ctx.workspace.caches.pop(_CACHE, None)


def _spend_is_watched(ctx: Context) -> bool:
    held: bool | None = ctx.workspace.caches.get(_CACHE)
    if held is None:
        held = ctx.workspace.caches[_CACHE] = ctx.session.scalar(_SPEND) is not None
    return held


def _has_quotas(ctx: Context) -> bool:
    held = kept(ctx, "has_quotas")
    if "" not in held:
        held[""] = ctx.session.scalar(_QUOTAS) is not None
    return bool(held[""])
