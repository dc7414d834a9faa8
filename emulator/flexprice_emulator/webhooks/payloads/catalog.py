"""FEA and ENT."""

from collections.abc import Mapping
from typing import Any

from flexprice_client.models.webhooks import Entitlement, EntitlementWebhookPayload, Feature, FeatureWebhookPayload
from flexprice_emulator.catalog.tables import FeatureRow
from flexprice_emulator.entitlements.tables import EntitlementRow
from flexprice_emulator.webhooks.payloads.subject import named
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context


def feature(ctx: Context, event_name: str, subject: Mapping[str, Any]) -> FeatureWebhookPayload:
    """`subject`: feature_id."""
    row = named(ctx, FeatureRow, subject, "feature_id")
    return FeatureWebhookPayload.model_construct(event_type=event_name, feature=present(ctx, Feature, row))


def entitlement(ctx: Context, event_name: str, subject: Mapping[str, Any]) -> EntitlementWebhookPayload:
    """`subject`: entitlement_id."""
    row = named(ctx, EntitlementRow, subject, "entitlement_id")
    return EntitlementWebhookPayload.model_construct(event_type=event_name, entitlement=present(ctx, Entitlement, row))
