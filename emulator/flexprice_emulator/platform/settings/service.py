"""Reading, writing and dropping settings."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from flexprice_client.models.base import ZERO_TIME, WireRequest
from flexprice_client.models.settings import SettingResponse, UpdateSettingRequest
from flexprice_emulator.platform.root import root_context
from flexprice_emulator.platform.settings import tenant
from flexprice_emulator.platform.settings.catalog import SETTINGS, SettingSpec
from flexprice_emulator.platform.tables import SettingRow, TenantSettingRow
from flexprice_emulator.wire.binding import bind
from flexprice_emulator.wire.errors import NotFoundError, ValidationError
from flexprice_emulator.wire.json_text import plain
from flexprice_emulator.workspace.context import Context

Row = SettingRow | TenantSettingRow
# What `value` has read of an environment's settings: billing asks for them at every invoice.
_CACHE = "settings"


def value(ctx: Context, key: str) -> dict[str, Any]:
    """A setting of this environment, defaults filled in: JSON values, decimals as strings."""
    cache: dict[str, dict[str, Any]] = ctx.workspace.caches.setdefault(_CACHE, {})
    held = cache.get(key)
    if held is None:
        row = _stored(ctx, ctx.session, key)
        held = cache[key] = {**SETTINGS[key].default, **(row.value if row else {})}
    return dict(held)


def read(ctx: Context, key: str) -> SettingResponse:
    """A setting, stored or default. Raises ValidationError for an unknown key."""
    spec = SETTINGS.get(key)
    if spec is None:
        raise ValidationError(f"Unknown setting key: {key}")
    with _session(ctx, spec) as session:
        row = _stored(ctx, session, key)
        if row is None:
            return SettingResponse(key=key, value=_sorted(spec.default), created_at=ZERO_TIME, updated_at=ZERO_TIME)
        return _response(ctx, row)


def write(ctx: Context, key: str, request: UpdateSettingRequest) -> SettingResponse:
    """Validate a value alone, then lay it over what is stored, or the default.

    Raises ValidationError for an unknown key, a missing value, or a value that breaks its rules.
    """
    spec = SETTINGS.get(key)
    if spec is None:
        raise ValidationError("Please provide a valid setting key", {"allowed": [name for name, known in SETTINGS.items() if known.listed]})
    if request.value is None:
        raise ValidationError("Please provide a valid setting value")
    given = bind(spec.model, request.value, "Failed to unmarshal JSON to struct")
    if spec.check is not None:
        spec.check(given)
    with _session(ctx, spec) as session:
        row = _stored(ctx, session, key)
        if row is None:
            row = _new_row(ctx, spec, key)
            session.add(row)
        else:
            ctx.touch(row)
        row.value = _merged(spec, row.value or {}, given)
        session.flush()
        ctx.workspace.caches.pop(_CACHE, None)
        if spec.follow is not None:
            spec.follow(ctx, row.value)
        if key == "subscription_config":
            # Invoices that are unpaid already are judged by it too.
            ctx.schedule("subscription.auto_cancellation_scan", ctx.now)
        return _response(ctx, row)


def drop(ctx: Context, key: str) -> str:
    """Back to the default. Raises NotFoundError where nothing was stored."""
    spec = SETTINGS.get(key)
    if spec is not None:
        with _session(ctx, spec) as session:
            row = _stored(ctx, session, key)
            if row is not None:
                row.status = "archived"
                ctx.touch(row)
                session.flush()
                ctx.workspace.caches.pop(_CACHE, None)
                if spec.follow is not None:
                    spec.follow(ctx, spec.default)
                return "Setting deleted successfully"
    raise NotFoundError(f"Setting with key {key} not found")


def _merged(spec: SettingSpec, held: Mapping[str, Any], given: WireRequest) -> dict[str, Any]:
    """`given` over `held` over the default. Left-out and empty keys change nothing, but for `kept` ones."""
    changes: dict[str, Any] = {}
    for name, new in given.model_dump(mode="json", by_alias=True).items():
        if new or (name in given.model_fields_set and not isinstance(new, list | dict)):
            changes[name] = new
    for name in spec.kept - changes.keys():
        changes[name] = [] if isinstance(spec.default[name], list) else getattr(given, name)
    merged = {**spec.default, **held, **changes}
    # A flag without a default is left out of the value while it is false.
    return _sorted({name: shown for name, shown in merged.items() if name in spec.default or shown is not False})


@contextmanager
def _session(ctx: Context, spec: SettingSpec) -> Iterator[Session]:
    if not spec.of_tenant:
        yield ctx.session
        return
    with root_context(ctx) as root:
        yield root.session


def _stored(ctx: Context, session: Session, key: str) -> Row | None:
    if SETTINGS[key].of_tenant:
        return tenant.stored(session, ctx.tenant_id)
    return session.scalar(select(SettingRow).where(SettingRow.key == key, SettingRow.status == "published"))


def _new_row(ctx: Context, spec: SettingSpec, key: str) -> Row:
    if spec.of_tenant:
        return TenantSettingRow(id=ctx.new_id("setting"), tenant_id=ctx.tenant_id, key=key, **ctx.stamp())
    return SettingRow(id=ctx.new_id("setting"), key=key, **ctx.stamp())


def _sorted(held: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = plain(held)
    return shown


def _response(ctx: Context, row: Row) -> SettingResponse:
    environment_id = "" if isinstance(row, TenantSettingRow) else ctx.environment_id
    return SettingResponse(
        id=row.id,
        key=row.key,
        value=_sorted(row.value),
        environment_id=environment_id,
        tenant_id=ctx.tenant_id,
        status=row.status,
        created_at=row.created_at,
        updated_at=row.updated_at,
        created_by=row.created_by,
        updated_by=row.updated_by,
    )
