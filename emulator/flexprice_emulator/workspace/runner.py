"""Performs due work as time passes, while the server runs.

One thread sleeps until the earliest due time of the open workspaces, or until a commit or a clock tells it of another; idle it
costs nothing. A few workers perform, one workspace each, so that a slow webhook receiver holds up its own workspace only.
A workspace that nobody has opened since the start stays closed: its work is caught up when the first request opens it.

Where processes share the data, each looks every second for workspaces that another has written to, opens them, and tries for a turn
at their work: so the work of a process that ends is taken over.
"""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from flexprice_emulator.workspace.clock import Clock
from flexprice_emulator.workspace.due import keep_up
from flexprice_emulator.workspace.due_state import ContentReplaced, TurnTaken, WorkspaceClosing
from flexprice_emulator.workspace.registry import Registry
from flexprice_emulator.workspace.workspace import Workspace, WorkspaceGone

log = logging.getLogger("flexprice_emulator")

WORKERS = 4
# The machine's clock may be set, or the machine may sleep: look again at least this often while something waits.
LONGEST_SLEEP = 60.0
# After a failure of the database itself.
PAUSE = 5.0
# Between two looks at what other processes do.
LOOK = 1.0


class Runner:
    """start() and stop() with the server; `server` is what handlers see as ctx.server."""

    def __init__(self, registry: Registry, server: Any = None) -> None:
        self._registry, self._server = registry, server
        self._condition = threading.Condition()
        self._stopped = False
        self._changed: set[Workspace] = set()
        self._busy: set[Workspace] = set()
        self._next: dict[Workspace, datetime] = {}
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="due")
        self._thread = threading.Thread(target=self._loop, name="due", daemon=True)
        self._shared = registry.root.database.shared
        self._watch = threading.Thread(target=self._look, name="watch", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._registry.listen(self.changed)
        if self._shared:
            self._watch.start()

    def stop(self) -> None:
        """Returns when the rows under way are done; what is due then stays in the databases."""
        self._registry.listen(None)
        with self._condition:
            self._stopped = True
            self._condition.notify_all()
        self._thread.join()
        if self._shared:
            self._watch.join()
        self._registry.leave_due()
        self._pool.shutdown()

    def changed(self, workspace: Workspace) -> None:
        """Look at a workspace again."""
        with self._condition:
            self._changed.add(workspace)
            self._condition.notify()

    def _loop(self) -> None:
        with self._condition:
            while not self._stopped:
                for workspace in self._ready():
                    self._changed.discard(workspace)
                    self._next.pop(workspace, None)
                    self._busy.add(workspace)
                    self._pool.submit(self._attend, workspace)
                self._condition.wait(self._sleep())

    def _look(self) -> None:
        while not self._stopped:
            try:
                for workspace in self._registry.touched():
                    self.changed(workspace)
            except Exception:
                log.warning("what other processes have written is not known", exc_info=True)
            with self._condition:
                self._condition.wait_for(lambda: self._stopped, LOOK)

    def _ready(self) -> list[Workspace]:
        due = {workspace for workspace, moment in self._next.items() if seconds_until(workspace.clock, moment) == 0}
        return [workspace for workspace in self._changed | due if workspace not in self._busy]

    def _sleep(self) -> float | None:
        waits = [seconds_until(workspace.clock, moment) for workspace, moment in self._next.items()]
        return min((*(wait for wait in waits if wait is not None), LONGEST_SLEEP)) if waits else None

    def _attend(self, workspace: Workspace) -> None:
        moment: datetime | None = None
        try:
            moment = keep_up(workspace, self._server)
        except (WorkspaceClosing, WorkspaceGone, ContentReplaced):
            # Closed for good, or told of again when it was replaced.
            pass
        except TurnTaken:
            self._again(workspace, LOOK)
        except Exception:
            # A row's own failure is noted in the row; this is one of the database, after which the row is still due.
            log.exception("due work of environment %s stopped", workspace.environment_id)
            self._again(workspace, PAUSE)
        with self._condition:
            self._busy.discard(workspace)
            if moment is not None:
                self._next[workspace] = moment
            self._condition.notify()

    def _again(self, workspace: Workspace, seconds: float) -> None:
        again = threading.Timer(seconds, self.changed, (workspace,))
        again.daemon = True
        again.start()


def seconds_until(clock: Clock, moment: datetime) -> float | None:
    """Real seconds until a clock shows a time, 0 when it is past; None when the clock stands still."""
    state = clock.state
    if state.mode == "frozen":
        return None
    seconds = (moment - clock.now()).total_seconds()
    return max(seconds / (state.rate if state.mode == "accelerated" else 1.0), 0.0)
