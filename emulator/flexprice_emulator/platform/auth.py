"""Who asks, and for which environment (wire.md §2)."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from flexprice_emulator.platform.tables import EnvironmentRow, SecretRow, UserRow
from flexprice_emulator.wire.errors import BareError, NotFoundError
from flexprice_emulator.wire.routing import Operation
from flexprice_emulator.workspace.context import ZERO_UUID, Principal
from flexprice_emulator.workspace.registry import SANDBOX_ID, WORKSPACE_KEY, Registry
from flexprice_emulator.workspace.workspace import Workspace

DEFAULT_KEY = "sk_local_flexprice_test_key"
# The published local secret; tokens of an emulator guard nothing.
LOCAL_SECRET = "super_secret"  # noqa: S105
TOKEN_LIFE = timedelta(days=30)


def key_hash(key: str) -> str:
    """SHA-256, hex."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def _refuse(status: int, body: Mapping[str, Any]) -> BareError:
    return BareError(status, body)


class Authenticator:
    """Turns headers into a principal and a workspace. `keys` are the configured ones: full access to every environment."""

    def __init__(self, registry: Registry, *, keys: tuple[str, ...] = (DEFAULT_KEY,), secret: str = LOCAL_SECRET) -> None:
        self.registry = registry
        self.secret = secret
        self._configured = {key_hash(key) for key in keys}

    def authenticate(
        self, operation: Operation, headers: Mapping[str, str], parameters: Mapping[str, str] | None = None
    ) -> tuple[Principal, Workspace]:
        """The caller and the database to work in. Raises BareError 401 or 403, NotFoundError for an unknown environment in the path."""
        registry = self.registry
        registry.root.drop_stale()
        if operation.scope == "provider":
            return self._provider(parameters or {})
        if operation.scope == "public":
            return Principal(roles=()), registry.root
        if operation.scope == "portal":
            return self._portal(headers)
        key = headers.get("x-api-key", "")
        if WORKSPACE_KEY.match(key):
            workspace = registry.for_key(key)
            return Principal(environment_id=workspace.environment_id), registry.root if operation.scope == "root" else workspace
        principal = self._by_key(key) if key else None
        if principal is None:
            principal = self._by_token(headers.get("authorization", ""))
        if operation.scope == "root":
            return principal, registry.root
        environment_id = principal.environment_id or headers.get("x-environment-id", "")
        if not environment_id and principal.kind == "config_key":
            environment_id = SANDBOX_ID
        environment = registry.get(environment_id) if environment_id else None
        if environment is None or not self._owned(environment_id, principal):
            raise _refuse(403, {"error": "Access denied", "message": "Invalid or inaccessible environment"})
        return principal, environment

    def _owned(self, environment_id: str, principal: Principal) -> bool:
        owners: dict[str, str] = self.registry.root.caches.setdefault("environment_tenants", {})
        if environment_id not in owners:
            with self.registry.root.transaction() as session:
                row = session.get(EnvironmentRow, environment_id)
                owners[environment_id] = row.tenant_id if row else ""
        return owners[environment_id] == principal.tenant_id

    def _by_key(self, key: str) -> Principal | None:
        digest = key_hash(key)
        if digest in self._configured:
            return Principal()
        root = self.registry.root
        known: dict[str, tuple[Principal, datetime | None]] = root.caches.setdefault("keys", {})
        if digest not in known:
            with root.transaction() as session:
                row = session.scalar(
                    select(SecretRow).where(
                        SecretRow.value_hash == digest, SecretRow.type == "private_key", SecretRow.status == "published"
                    )
                )
            if row is None:
                return None
            principal = Principal(row.user_id or row.created_by, row.tenant_id, tuple(row.roles), "secret", row.environment_id)
            known[digest] = (principal, row.expires_at)
        principal, expires_at = known[digest]
        return None if expires_at is not None and expires_at <= root.clock.now() else principal

    def _by_token(self, authorization: str) -> Principal:
        if not authorization:
            raise _refuse(401, {"error": "Unauthorized"})
        if not authorization.startswith("Bearer "):
            raise _refuse(401, {"error": "Invalid authorization header format"})
        claims = self.read_token(authorization.removeprefix("Bearer "))
        if claims is None:
            raise _refuse(401, {"error": "Invalid token"})
        user_id, tenant_id = claims.get("user_id"), claims.get("tenant_id")
        if not isinstance(user_id, str) or not isinstance(tenant_id, str) or not user_id or not tenant_id:
            raise _refuse(401, {"error": "Invalid token claims"})
        with self.registry.root.transaction() as session:
            user = session.get(UserRow, user_id)
            if user is None or user.status != "published":
                raise _refuse(401, {"error": "Unauthorized"})
            return Principal(user_id, tenant_id, tuple(user.roles), "jwt", claims.get("environment_id") or None)

    def _provider(self, parameters: Mapping[str, str]) -> tuple[Principal, Workspace]:
        """A payment provider names the environment in the path, and proves itself by what it sends."""
        principal = Principal(tenant_id=parameters.get("tenant_id", ""), roles=(), kind="provider")
        environment_id = parameters.get("environment_id", "")
        workspace = self.registry.get(environment_id)
        if workspace is None or not self._owned(environment_id, principal):
            raise NotFoundError("Environment not found", {"environment_id": environment_id})
        return principal, workspace

    def _portal(self, headers: Mapping[str, str]) -> tuple[Principal, Workspace]:
        token = headers.get("x-session-token", "")
        if not token:
            raise _refuse(401, {"error": "Session token required"})
        claims = self.read_token(token)
        workspace = self.registry.get(str(claims.get("environment_id"))) if claims and claims.get("customer_id") else None
        if claims is None or workspace is None:
            raise _refuse(401, {"error": "Invalid or expired session token"})
        return Principal(ZERO_UUID, str(claims.get("tenant_id")), (), "portal", workspace.environment_id, claims), workspace

    def make_token(self, now: datetime, life: timedelta = TOKEN_LIFE, **claims: Any) -> str:
        """A signed token that expires `life` after `now`."""
        payload = {**claims, "iat": int(now.timestamp()), "exp": int((now + life).timestamp())}
        from flexprice_emulator.platform import tokens

        return tokens.sign(payload, self.secret)

    def read_token(self, token: str) -> dict[str, Any] | None:
        """The claims of a valid token that has not expired by the server's clock, else None."""
        from flexprice_emulator.platform import tokens

        claims = tokens.read(token, self.secret)
        if claims is None:
            return None
        expires = claims.get("exp")
        if isinstance(expires, int | float) and expires <= self.registry.root.clock.now().timestamp():
            return None
        return claims
