"""When a failed delivery is tried again (webhooks.md §4). Times are the workspace's."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

_MINUTE: Final = timedelta(minutes=1)
# After the first failure, after the second, …; then it is given up.
RETRIES: Final[Mapping[str, tuple[timedelta, ...]]] = {
    # A job every two minutes takes up what is older than fifteen, five tries in all.
    "native": (15 * _MINUTE, 2 * _MINUTE, 2 * _MINUTE, 2 * _MINUTE),
    "svix": (5 * _MINUTE, 30 * _MINUTE, timedelta(hours=2), timedelta(hours=5), timedelta(hours=10)),
}


def delay_after(style: str, tries: int) -> timedelta | None:
    """How long to wait after so many failed tries; None to give up."""
    delays = RETRIES[style]
    return delays[tries - 1] if tries <= len(delays) else None
