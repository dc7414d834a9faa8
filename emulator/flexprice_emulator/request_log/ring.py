"""The last N records of each workspace, within a limit of memory for all of them together."""

import threading
from collections import OrderedDict, deque
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from flexprice_emulator.request_log.record import Record

LAST: Final = 1000
WORKSPACE_BYTES: Final = 8 * 1024 * 1024
ALL_BYTES: Final = 64 * 1024 * 1024


class Ring:
    """One workspace's. `last_number` is how many came in all; the oldest make room for the newest."""

    __slots__ = ("last_number", "records", "weight")

    def __init__(self) -> None:
        self.records: deque[Record] = deque()
        self.last_number = 0
        self.weight = 0


class RequestLog:
    """Of a server, by environment id. Thread-safe. `last`: how many a workspace keeps.

    Invariants: a workspace holds at most `last` records and `workspace_bytes` (but always its newest); all of them
    together hold at most `all_bytes`, for which those asked longest ago are forgotten first.
    """

    def __init__(self, last: int = LAST, *, workspace_bytes: int = WORKSPACE_BYTES, all_bytes: int = ALL_BYTES) -> None:
        if last < 1:
            raise ValueError(f"last must be at least 1, not {last}")
        self.last, self.workspace_bytes, self.all_bytes = last, workspace_bytes, all_bytes
        self._rings: OrderedDict[str, Ring] = OrderedDict()
        self._weight = 0
        self._lock = threading.Lock()

    def begin(self, scope: Mapping[str, Any], real_time: datetime) -> Record:
        """What is known of a request when it comes. It is not kept before `add`."""
        return Record(
            method=scope["method"],
            path=scope["path"],
            query=scope.get("query_string", b""),
            http_version=scope.get("http_version", "1.1"),
            headers=scope["headers"],
            real_time=real_time,
        )

    def add(self, record: Record) -> None:
        """Keep a record; it gets the workspace's next number."""
        weight = record.weight
        with self._lock:
            ring = self._rings.get(record.environment_id)
            if ring is None:
                ring = self._rings[record.environment_id] = Ring()
            else:
                self._rings.move_to_end(record.environment_id)
            ring.last_number = record.number = ring.last_number + 1
            ring.records.append(record)
            ring.weight += weight
            self._weight += weight
            while len(ring.records) > self.last or (ring.weight > self.workspace_bytes and len(ring.records) > 1):
                self._forget_oldest(ring)
            if self._weight > self.all_bytes:
                self._make_room(ring)

    def records(self, environment_id: str) -> tuple[list[Record], int]:
        """(what is kept, oldest first; how many came in all)."""
        with self._lock:
            ring = self._rings.get(environment_id)
            return (list(ring.records), ring.last_number) if ring else ([], 0)

    def clear(self, environment_id: str) -> int:
        """Forget all of a workspace, whose numbers go on; how many there were."""
        with self._lock:
            ring = self._rings.get(environment_id)
            if ring is None:
                return 0
            count = len(ring.records)
            while ring.records:
                self._forget_oldest(ring)
            return count

    def _make_room(self, newest: Ring) -> None:
        for ring in list(self._rings.values()):
            while self._weight > self.all_bytes and ring.records and (ring is not newest or len(ring.records) > 1):
                self._forget_oldest(ring)

    def _forget_oldest(self, ring: Ring) -> None:
        weight = ring.records.popleft().weight
        ring.weight -= weight
        self._weight -= weight
