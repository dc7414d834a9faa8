"""What a workspace holds in memory about its due work: whose turn it is, and who wants to hear of changes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class WorkspaceClosing(Exception):
    """The server stops: what is due stays in the database and is performed after the next start."""


class ContentReplaced(Exception):
    """The workspace was restored, reset or replaced while its due work was performed: the rest is not."""


class DueState:
    """One thread at a time performs a workspace's due work, so that its order is one order.

    The turn is taken before the workspace's transaction lock, never inside a transaction.
    """

    def __init__(self) -> None:
        self._turn = threading.RLock()
        # A transaction has scheduled something that the running clock may reach; told when it commits.
        self.touched = False
        self.closing = False
        # Work that an ended process had begun outside a transaction was given back.
        self.recovered = False
        # How often all content was replaced.
        self.content = 0
        self.listener: Callable[[], None] | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn. Raises WorkspaceClosing."""
        with self._turn:
            self.check_open()
            yield

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
