"""Rule files into the workspaces of a server that is about to start, through its own operations."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import delete

from flexprice_client.errors import error_from_response
from flexprice_emulator.wire.edge import Edge
from flexprice_emulator.wire.errors import EmulatorError
from flexprice_emulator.wire.json_text import to_json
from flexprice_emulator.workspace.registry import SANDBOX_ID, Registry
from flexprice_emulator.workspace.storage import OutboxRow
from flexprice_emulator.workspace.workspace import Workspace
from flexprice_rules import ApplyError, Rules, RulesError, apply, load, pack_names, pack_path

# Where clocks begin.
_ALWAYS = "1970-01-01T00:00:00Z"


class SeedFailure(Exception):
    """Why the rules cannot be applied, in one line."""


class WorkspaceTarget:
    """A workspace of this process as a target of rules."""

    def __init__(self, edge: Edge, workspace: Workspace) -> None:
        self._edge, self._workspace = edge, workspace

    def request(self, method: str, path: str, json: Mapping[str, Any] | None = None) -> Any:
        """The JSON of a success. Raises APIError."""
        try:
            return self._edge.call(self._workspace, method, path, json)
        except EmulatorError as error:
            raise error_from_response(status=error.status, content=to_json(error.body), headers={}, method=method, path=path) from None


class TemplateTarget(WorkspaceTarget):
    """What workspaces are copied from. Prices without a start_date have always been there, since a workspace begins at any time."""

    def request(self, method: str, path: str, json: Mapping[str, Any] | None = None) -> Any:
        if (method, path) == ("POST", "/prices"):
            json = {"start_date": _ALWAYS, **(json or {})}
        return super().request(method, path, json)


def seed(registry: Registry, edge: Edge, files: tuple[Path, ...]) -> None:
    """Apply rule files (or packs by name) to what new workspaces are copied from, and to the sandbox. Raises SeedFailure."""
    names = pack_names()
    try:
        rules = load([pack_path(str(file)) if str(file) in names and not file.exists() else file for file in files]).rules
    except RulesError as error:
        more = len(error.issues) - 1
        rest = f" (and {more} more: `flexprice-emulator rules validate` lists all)" if more else ""
        raise SeedFailure(f"{error.issues[0]}{rest}") from None
    try:
        registry.seed_template(lambda workspace: _fill(workspace, rules, edge))
        sandbox = registry.get(SANDBOX_ID)
        if sandbox is not None:
            # Fresh, it is a copy of the template and nothing is left to do; kept from an earlier run, it is brought up to date.
            apply(rules, WorkspaceTarget(edge, sandbox))
    except RulesError as error:
        raise SeedFailure(str(error.issues[0])) from None
    except ApplyError as error:
        raise SeedFailure(str(error)) from None


def _fill(workspace: Workspace, rules: Rules, edge: Edge) -> None:
    apply(rules, TemplateTarget(edge, workspace))
    # How a workspace begins is nobody's news.
    with workspace.transaction() as session:
        session.execute(delete(OutboxRow))
