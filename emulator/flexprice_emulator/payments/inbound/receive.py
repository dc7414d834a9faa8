"""Receiving: every request is kept as it came, then checked, read and applied (webhooks.md §7)."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from flexprice_emulator.connections.secrets import secrets_of
from flexprice_emulator.connections.service import of_provider
from flexprice_emulator.payments.gateways.dialect import Arrival
from flexprice_emulator.payments.gateways.proof import refused
from flexprice_emulator.payments.gateways.report import Report
from flexprice_emulator.payments.gateways.table import DIALECTS
from flexprice_emulator.payments.inbound.apply import apply
from flexprice_emulator.payments.tables import IncomingWebhookRow
from flexprice_emulator.wire.binding import read_json
from flexprice_emulator.wire.errors import ApiError, NotFoundError
from flexprice_emulator.wire.routing import Reply
from flexprice_emulator.workspace.context import Context

log = logging.getLogger(__name__)

_DONE = Reply({"message": "Webhook processed successfully"}, 200)


@dataclass(frozen=True, slots=True)
class Received:
    """What was kept, and the answer."""

    row: IncomingWebhookRow
    reply: Reply


def receive(
    ctx: Context, provider: str, url: str, headers: Mapping[str, str], body: bytes, *, method: str = "POST", from_stand_in: bool = False
) -> Received:
    """Answer a provider's request. What fails after the proof held is answered 200, and noted.

    `from_stand_in`: sandbox rules do without a connection.
    """
    row = ctx.add(
        IncomingWebhookRow(
            id=ctx.new_id("inwh"),
            provider=provider,
            url=url,
            headers=dict(headers),
            # Not every database takes the sign 0 in a text.
            body=body.decode("utf-8", "replace").replace("\0", "\ufffd"),
            created_at=ctx.now,
        )
    )
    connection = of_provider(ctx, provider)
    if connection is None and not from_stand_in:
        missing = NotFoundError(f"Connection with provider {provider} was not found in this environment", {"provider_type": provider})
        return _end(row, "refused", missing.message, Reply(missing.body, missing.status))
    arrival = Arrival(method, url, {name.lower(): value for name, value in headers.items()}, body)
    answer = DIALECTS[provider].check(secrets_of(ctx, connection), arrival)
    if answer is not None:
        sent_nothing = answer.status == 200
        return _end(row, "ignored" if sent_nothing else "refused", "no signature" if sent_nothing else answer.body["error"], answer)
    try:
        data = read_json(body)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        return _end(row, "refused", "no JSON object", refused(400, "Invalid request body"))
    row.event_name, report = DIALECTS[provider].read(data)
    return _process(ctx, row, report)


def _process(ctx: Context, row: IncomingWebhookRow, report: Report | None) -> Received:
    if report is None:
        return _end(row, "ignored", "nothing here follows from this event", _DONE)
    savepoint = ctx.session.begin_nested()
    try:
        ignored = apply(ctx, row.provider, report)
        ctx.session.flush()
    except ApiError as error:
        savepoint.rollback()
        log.warning("%s of %s was not processed: %s", row.event_name, row.provider, error.message)
        # The reference answers 200 to what it could not do, so that the provider does not send it again.
        return _end(row, "failed", error.message, _DONE)
    savepoint.commit()
    return _end(row, "ignored" if ignored else "processed", ignored, _DONE)


def _end(row: IncomingWebhookRow, result: str, reason: str, reply: Reply) -> Received:
    row.result, row.reason = result, reason
    return Received(row, reply)
