"""CN."""

from collections.abc import Mapping
from typing import Any

from flexprice_client.models.webhooks import CreditNote, CreditNoteWebhookPayload
from flexprice_emulator.credit_notes.tables import CreditNoteRow
from flexprice_emulator.webhooks.payloads.subject import named
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context


def credit_note(ctx: Context, event_name: str, subject: Mapping[str, Any]) -> CreditNoteWebhookPayload:
    """`subject`: credit_note_id."""
    row = named(ctx, CreditNoteRow, subject, "credit_note_id")
    return CreditNoteWebhookPayload.model_construct(event_type=event_name, credit_note=present(ctx, CreditNote, row))
