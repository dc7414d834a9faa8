"""What a workspace holds in memory about its due work: whose turn it is, and who wants to hear of changes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flexprice_emulator.workspace.databases.protocol import Database


class WorkspaceClosing(Exception):
    """The server stops: what is due stays in the database and is performed after the next start."""


class ContentReplaced(Exception):
    """The workspace was restored, reset or replaced while its due work was performed: the rest is not."""


class TurnTaken(Exception):
    """Another process performs the workspace's due work."""


class DueState:
    """One thread of one process at a time performs a workspace's due work, so that its order is one order.

    The turn is taken before the workspace's transaction lock, never inside a transaction.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = threading.RLock()
        self._depth = 0
        # A transaction has scheduled something that the running clock may reach; told when it commits.
        self.touched = False
        self.closing = False
        # Work that an ended process had begun outside a transaction was given back.
        self.recovered = False
        # How often all content was replaced.
        self.content = 0
        self.listener: Callable[[], None] | None = None

    @contextmanager
    def turn(self, *, wait: bool = True) -> Iterator[None]:
        """The turn; without `wait` only if no other process has it. Raises WorkspaceClosing, TurnTaken."""
        with self._turn:
            self.check_open()
            if self._depth == 0:
                self._take(wait=wait)
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._database.end_turn()

    def _take(self, *, wait: bool) -> None:
        while not self._database.take_turn(wait=wait):
            if not wait:
                raise TurnTaken
            self.check_open()
        if self._database.shared:
            # Whoever had the turn before may have died of it.
            self.recovered = False

    def check_open(self) -> None:
        """Raises WorkspaceClosing when the server stops."""
        if self.closing:
            raise WorkspaceClosing

    def replaced(self) -> None:
        """All content was replaced, under the transaction lock."""
        self.content += 1
        self.recovered = self.touched = False

    def check_same(self, content: int) -> None:
        """Raises ContentReplaced when all content was replaced since `content` was read. Under the transaction lock."""
        if self.content != content:
            raise ContentReplaced

    def changed(self) -> None:
        """Tell the listener that the next due time may be another: after a commit, a change of clock, a restore."""
        if self.listener is not None:
            self.listener()
