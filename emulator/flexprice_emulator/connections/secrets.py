"""Credentials of connections: kept for checking what providers send, and never shown."""

from collections.abc import Mapping
from typing import Any

from flexprice_emulator.connections.tables import ConnectionRow, ConnectionSecretRow
from flexprice_emulator.workspace.context import Context


def keep(ctx: Context, connection: ConnectionRow, given: Mapping[str, Any] | None) -> None:
    """Take over the credentials that are given; the others stay. They may stand under the provider's name or directly."""
    if not given:
        return
    nested = given.get(connection.provider_type)
    fresh = {**given, **(nested if isinstance(nested, Mapping) else {})}
    row = ctx.session.get(ConnectionSecretRow, connection.id)
    if row is None:
        ctx.add(ConnectionSecretRow(connection_id=connection.id, secrets=fresh))
    else:
        row.secrets = {**row.secrets, **fresh}


def secrets_of(ctx: Context, connection: ConnectionRow | None) -> Mapping[str, Any]:
    """What a connection holds; empty for none."""
    row = ctx.session.get(ConnectionSecretRow, connection.id) if connection is not None else None
    return row.secrets if row is not None else {}
