"""What each provider can sync, and the credentials its connection must bring."""

from collections.abc import Mapping
from typing import Any

from flexprice_emulator.wire.errors import ValidationError

PROVIDERS = (
    "flexprice",
    "stripe",
    "s3",
    "hubspot",
    "razorpay",
    "chargebee",
    "quickbooks",
    "zoho_books",
    "nomod",
    "moyasar",
    "paddle",
    "whop",
    "tabs",
    "aws_marketplace",
    "gcp_marketplace",
    "azure_marketplace",
)
ENTITIES = ("plan", "subscription", "invoice", "customer", "payment", "price", "deal", "quote")

# (inbound, outbound) of what a provider does at all.
_OUT = (False, True)
_BOTH = (True, True)
_PUSHES: Mapping[str, tuple[bool, bool]] = {"invoice": _OUT, "customer": _OUT}
_ABILITIES: Mapping[str, Mapping[str, tuple[bool, bool]]] = {
    "stripe": {"invoice": _OUT, "customer": _BOTH},
    **dict.fromkeys(
        ("razorpay", "hubspot", "chargebee", "quickbooks", "zoho_books", "nomod", "moyasar", "paddle", "whop", "tabs"), _PUSHES
    ),
}
_TITLES = {"nomod": "Nomod", "moyasar": "Moyasar", "paddle": "Paddle", "whop": "Whop", "tabs": "Tabs"}
_KEYS = {"moyasar": "secret_key"}


def check_provider(provider_type: str) -> None:
    """Raises ValidationError for a provider that does not exist."""
    if provider_type not in PROVIDERS:
        raise ValidationError("Invalid secret provider")


def check_credentials(provider_type: str, secrets: Mapping[str, Any] | None) -> None:
    """Raises ValidationError where a provider that insists on credentials does not get them."""
    held = secrets or {}
    title = _TITLES.get(provider_type)
    if title is not None:
        key = _KEYS.get(provider_type, "api_key")
        if not held.get(key):
            raise ValidationError(f"{title} connection requires encrypted_secret_data with {key}")
    if provider_type == "aws_marketplace":
        for key in ("role_arn", "external_id"):
            if not held.get(key):
                raise ValidationError(f"AWS Marketplace {key} is required")


def nothing_syncs() -> dict[str, Any]:
    """The sync switches of a connection that names none: all off."""
    return {entity: _switch((False, False)) for entity in ENTITIES}


def base_config(provider_type: str) -> dict[str, Any] | None:
    """What a provider can sync; None where it syncs no entities (storage, marketplaces)."""
    abilities = _ABILITIES.get(provider_type)
    if abilities is None:
        return None
    return {entity: _switch(abilities.get(entity, (False, False))) for entity in ENTITIES}


def stored_config(given: Mapping[str, Any]) -> dict[str, Any]:
    """Sync switches as they are kept: both directions of each entity, other members as given."""
    return {key: _completed(value) if key in ENTITIES and isinstance(value, Mapping) else value for key, value in given.items()}


def _completed(given: Mapping[str, Any]) -> dict[str, bool]:
    directions = [given.get(name, False) for name in ("inbound", "outbound")]
    if not all(isinstance(direction, bool) for direction in directions):
        raise ValidationError("Invalid request format")
    return _switch((directions[0], directions[1]))


def _switch(directions: tuple[bool, bool]) -> dict[str, bool]:
    return {"inbound": directions[0], "outbound": directions[1]}
