"""Which real-time balance a read gets: computed, or cached."""

from flexprice_emulator.wallets import balances
from flexprice_emulator.wallets.balances import RealTime
from flexprice_emulator.wallets.tables import WalletRow
from flexprice_emulator.workspace.context import Context


def real_time(ctx: Context, row: WalletRow, *, from_cache: bool = False, max_age: int | None = None) -> RealTime:
    """The cached balance where wanted and young enough, else a computed one, which is cached."""
    found = balances.cached(ctx, row, max_age) if from_cache else None
    return found or balances.refresh(ctx, row)


def max_age(ctx: Context) -> int | None:
    """Seconds of the header `x-max-live`; None where it is no positive whole number."""
    text = ctx.headers.get("x-max-live", "")
    return int(text) if text.isdecimal() and len(text) < 10 and int(text) > 0 else None
