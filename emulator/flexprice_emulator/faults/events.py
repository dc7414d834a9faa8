"""Names that rules of webhooks and of usage lag may give."""

from difflib import get_close_matches

from flexprice_emulator.faults.lag import OPERATIONS
from flexprice_emulator.faults.matching import Pattern, UnknownName
from flexprice_emulator.webhooks.catalogue import WHEN


def check_event(pattern: Pattern, text: str) -> None:
    """Raises UnknownName where no webhook event is meant."""
    if not any(pattern.matches_event(name) for name in WHEN):
        raise UnknownName(text, get_close_matches(text, WHEN, n=3, cutoff=0.4))


def check_ingestion(pattern: Pattern, text: str) -> None:
    """Raises UnknownName where none of the operations that take events is meant."""
    if not any(pattern.matches_call("POST", path, name, path) for path, name in OPERATIONS.items()):
        raise UnknownName(text, ())
