"""Reading what a target holds: by key, in few calls, all pages."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Final
from urllib.parse import quote, urlencode

from flexprice_client.errors import NotFoundError
from flexprice_rules.target import Target

PAGE: Final = 1000
_KEYS_A_CALL: Final = 200

Found = Mapping[str, Any]


class Reader:
    """Looks objects up. Only published ones count; archived keys are free to be used again (wire.md §4)."""

    def __init__(self, target: Target) -> None:
        self._target = target

    def one(self, path: str, key: str) -> Found | None:
        """`GET path/key`, None where there is none."""
        try:
            found = self._target.request("GET", f"{path}/{quote(key, safe='')}")
        except NotFoundError:
            return None
        return found if isinstance(found, Mapping) and found.get("status", "published") == "published" else None

    def get(self, path: str, **query: Any) -> Any:
        """`GET path`, as answered."""
        return self._target.request("GET", f"{path}?{urlencode(query)}" if query else path)

    def listed(self, path: str, **query: Any) -> list[Found]:
        """All pages of a list that is read by GET."""
        return [item for page in self._pages(lambda offset: self.get(path, **query, limit=PAGE, offset=offset)) for item in page]

    def search(self, path: str, body: Mapping[str, Any]) -> list[Found]:
        """All pages of a search."""

        def fetch(offset: int) -> Any:
            return self._target.request("POST", f"{path}/search", {**body, "limit": PAGE, "offset": offset})

        return [item for page in self._pages(fetch) for item in page]

    def by_key(self, path: str, keys: Sequence[str], *, parameter: str, field: str) -> dict[str, Found]:
        """Objects found by a list parameter of their search, under their keys."""
        found: dict[str, Found] = {}
        for start in range(0, len(keys), _KEYS_A_CALL):
            for item in self.search(path, {parameter: list(keys[start : start + _KEYS_A_CALL]), "status": "published"}):
                found.setdefault(str(item.get(field, "")), item)
        return found

    def _pages(self, fetch: Any) -> Iterator[list[Found]]:
        for number in count():
            answer = fetch(number * PAGE)
            items = answer if isinstance(answer, list) else (answer or {}).get("items") or []
            yield [item for item in items if item.get("status", "published") == "published"]
            if len(items) < PAGE or isinstance(answer, list):
                return
