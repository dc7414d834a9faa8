"""The events that the stand-in sends, put together and signed as the provider would, and brought to where the real ones arrive."""

from dataclasses import dataclass

from flexprice_emulator.connections.secrets import secrets_of
from flexprice_emulator.connections.service import of_provider
from flexprice_emulator.payments.gateways.dialect import Stamp
from flexprice_emulator.payments.gateways.report import Report
from flexprice_emulator.payments.gateways.table import GATEWAYS
from flexprice_emulator.wire.json_text import to_json
from flexprice_emulator.workspace.context import Context


@dataclass(frozen=True, slots=True)
class SentEvent:
    """A request as the provider makes it: `path` below the server's root."""

    provider: str
    name: str
    path: str
    headers: dict[str, str]
    body: bytes


def compose(ctx: Context, provider: str, report: Report) -> SentEvent | None:
    """The signed request; None where the provider tells nothing of this."""
    dialect, secrets = GATEWAYS[provider], secrets_of(ctx, of_provider(ctx, provider))
    stamp = Stamp(ctx.new_id("evt"), ctx.now)
    written = dialect.write(report, secrets, stamp)
    if written is None:
        return None
    name, content = written
    path = f"/v1/webhooks/{provider}/{ctx.tenant_id}/{ctx.environment_id}"
    body = to_json(content)
    headers = {"Content-Type": "application/json", **dialect.sign(secrets, path, body, stamp)}
    return SentEvent(provider, name, path, headers, body)
