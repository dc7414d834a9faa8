"""Payment statuses and the steps between them (invoices.md §9.3)."""

from flexprice_emulator.wire.errors import ValidationError

STATUSES = (
    "INITIATED",
    "PENDING",
    "PROCESSING",
    "SUCCEEDED",
    "OVERPAID",
    "FAILED",
    "REFUNDED",
    "PARTIALLY_REFUNDED",
    "VOIDED",
)
PROCESSABLE = ("INITIATED", "PENDING")
DELETABLE = ("INITIATED", "FAILED")
_NEXT = {
    "INITIATED": ("INITIATED", "PENDING", "PROCESSING", "SUCCEEDED", "OVERPAID", "FAILED"),
    "PENDING": ("PENDING", "PROCESSING", "SUCCEEDED", "OVERPAID", "FAILED"),
    "PROCESSING": ("PROCESSING", "SUCCEEDED", "OVERPAID", "FAILED"),
    "SUCCEEDED": ("SUCCEEDED", "OVERPAID", "REFUNDED", "PARTIALLY_REFUNDED", "VOIDED"),
    "OVERPAID": ("OVERPAID", "REFUNDED", "PARTIALLY_REFUNDED"),
    "PARTIALLY_REFUNDED": ("PARTIALLY_REFUNDED", "REFUNDED"),
}


def next_statuses(status: str) -> tuple[str, ...]:
    """Where a payment may go from a status; itself always, and nowhere else from a final one."""
    return _NEXT.get(status, (status,))


def check_step(current: str, wanted: str) -> None:
    """Raises ValidationError for a word that is no status, and for a step that is not allowed."""
    if wanted not in STATUSES:
        raise ValidationError("Please provide a valid payment status", {"allowed": list(STATUSES)})
    allowed = next_statuses(current)
    if wanted not in allowed:
        raise ValidationError(
            f"Payment status cannot change from {current} to {wanted}", {"allowed_statuses": list(allowed), "current_status": current}
        )
