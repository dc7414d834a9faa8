"""Walking through a list (wire.md §5).

`pagination.offset` means the next offset on most lists and the requested one on others, `total` is only the length of the page on
some, and `limit` says 50 on the wallets' whatever was asked. So none is trusted: offsets are counted here.

Invariant: a walk ends on every list, also on one that ignores paging.
"""

from dataclasses import dataclass
from typing import Any, Final

from flexprice_client.models.base import ListResponse

PAGE_SIZE: Final = 100


@dataclass(frozen=True)
class Page:
    """What to ask for."""

    limit: int = PAGE_SIZE
    offset: int = 0


class Walk:
    """The pages of one list in order: ask for `page` until it is None."""

    def __init__(self) -> None:
        self.page: Page | None = Page()
        self._seen: list[Any] = []

    def take(self, result: ListResponse[Any]) -> list[Any]:
        """The new items of the answer to `page`; moves on to the next page, if there is one."""
        page, items = self.page, result.items
        if page is None or items == self._seen:
            self.page = None
            return []
        self._seen = items
        # Some lists give fewer than asked for (cost sheets never more than 50) and say so.
        given = result.pagination.limit
        full = given if 0 < given < page.limit and len(items) <= given else page.limit
        self.page = Page(page.limit, page.offset + len(items)) if len(items) == full else None
        return items
