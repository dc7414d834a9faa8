"""What becomes of deliveries: deliver (they are sent), collect (their bodies are kept and nothing leaves), pause (they wait)."""

from typing import Final, Literal

from flexprice_emulator.workspace.context import Context

Mode = Literal["deliver", "collect", "pause"]
_KEY: Final = "webhooks"
_CACHE: Final = "webhooks.mode"


def mode(ctx: Context) -> Mode:
    """The workspace's; deliver unless it was set."""
    found: Mode | None = ctx.workspace.caches.get(_CACHE)
    if found is None:
        found = (ctx.workspace.read_meta(ctx.session, _KEY) or {}).get("mode", "deliver")
        ctx.workspace.caches[_CACHE] = found
    return found


def write(ctx: Context, new: Mode) -> None:
    """Set it. What had been held back is the deliveries' business (deliveries.resume)."""
    ctx.workspace.write_meta(ctx.session, _KEY, {"mode": new})
    ctx.workspace.caches.pop(_CACHE, None)
