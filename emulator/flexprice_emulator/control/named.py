"""Workspaces named in the path, the query or by the request; and the names of those that are to be made."""

from collections.abc import Callable
from inspect import Parameter, signature
from typing import Annotated, Any

from fastapi import Depends, Header, HTTPException, Path, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from flexprice_emulator.control.held import Held, held
from flexprice_emulator.platform.auth import key_hash
from flexprice_emulator.platform.keys import masked
from flexprice_emulator.platform.tables import SecretRow
from flexprice_emulator.workspace.context import ZERO_UUID
from flexprice_emulator.workspace.registry import WORKSPACE_KEY, Registry, environment_of_key
from flexprice_emulator.workspace.workspace import Workspace

CURRENT = "current"
# As wide as file names and schemas of databases allow.
ID_PATTERN = r"^[A-Za-z0-9_-]{1,48}$"
KEY_PATTERN = r"^sk_ws_[A-Za-z0-9_.-]{1,128}$"
SNAPSHOT_PATTERN = r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,47}$"
_KEY_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
# So that it neither counts towards a tenant's environments of a type nor is one of them.
_TYPE = "workspace"


def _registry(request: Request) -> Registry:
    registry: Registry = request.app.state.registry
    return registry


Workspaces = Annotated[Registry, Depends(_registry)]
EnvironmentHeader = Annotated[str | None, Header(alias="X-Environment-ID")]
KeyHeader = Annotated[str | None, Header(alias="x-api-key")]


def find(request: Request, name: str, environment_id: str | None, key: str | None) -> Workspace:
    """The workspace of an environment id, of a key sk_ws_… that was used before, or of the request."""
    if name == CURRENT:
        return held(request, environment_id, key)
    found = _registry(request).get(environment_of_key(name) if WORKSPACE_KEY.match(name) else name)
    if found is None:
        raise HTTPException(404, f"no workspace {name}")
    return found


def _named(
    request: Request,
    workspace_id: Annotated[str, Path(description=f"An environment id, a key `sk_ws_…`, or `{CURRENT}`: the workspace of the request.")],
    environment_id: EnvironmentHeader = None,
    key: KeyHeader = None,
) -> Workspace:
    return find(request, workspace_id, environment_id, key)


Named = Annotated[Workspace, Depends(_named)]
"""The workspace in the path."""


def of_request(handler: Callable[..., Any]) -> Callable[..., Any]:
    """The same handler where the path names no workspace: it works on the workspace of the request."""

    def act(**given: Any) -> Any:
        return handler(**given)

    shape = signature(handler)
    act.__signature__ = shape.replace(parameters=[_without_path(part) for part in shape.parameters.values()])  # type: ignore[attr-defined]
    act.__name__, act.__doc__ = handler.__name__, handler.__doc__
    return act


def _without_path(part: Parameter) -> Parameter:
    changed = part.replace(annotation=Held) if part.annotation == Named else part
    return changed.replace(kind=Parameter.KEYWORD_ONLY)


class NewName(BaseModel):
    """How a new workspace is addressed: by a key `sk_ws_…` of one's own or a random one; or by an id, with a key that is made for it."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=255, description="What lists show.")] = ""
    key: Annotated[
        str | None, Field(pattern=KEY_PATTERN, description="`sk_ws_` and letters, digits, `_`, `-` or `.`; else a random one.")
    ] = None
    environment_id: Annotated[str | None, Field(pattern=ID_PATTERN, description="In place of a key: an id, with a key made for it.")] = None

    @model_validator(mode="after")
    def _one_address(self) -> "NewName":
        if self.key and self.environment_id:
            raise PydanticCustomError("address", "give either key or environment_id: a key names an environment of its own")
        return self

    def settle(self, registry: Registry) -> "Address":
        """Make up what is left open."""
        ids = registry.root.ids
        if self.environment_id:
            return Address(self.environment_id, self.name or self.environment_id, _TYPE, ids.new("sk", registry.root.clock.now()))
        key = self.key or f"sk_ws_{ids.token(32, _KEY_ALPHABET)}"
        # Without a name it is as if the key had made it on first use.
        return Address(environment_of_key(key), self.name or key, _TYPE if self.name else "development", key)


class Address:
    """Environment id, name, type and key of a new workspace."""

    def __init__(self, environment_id: str, name: str, kind: str, key: str) -> None:
        self.environment_id, self.name, self.kind, self.key = environment_id, name, kind, key

    def enter_key(self, registry: Registry) -> None:
        """Have the key name the workspace, where it does not by itself."""
        if WORKSPACE_KEY.match(self.key):
            return
        now = registry.root.clock.now()
        row = SecretRow(id=registry.root.ids.new("secret", now), tenant_id=ZERO_UUID, environment_id=self.environment_id)
        row.name, row.type, row.roles, row.user_id = self.name, "private_key", ["super_admin"], ZERO_UUID
        row.value_hash, row.display_id = key_hash(self.key), masked(self.key)
        row.created_at = row.updated_at = now
        row.created_by = row.updated_by = ZERO_UUID
        with registry.root.transaction() as session:
            session.add(row)
