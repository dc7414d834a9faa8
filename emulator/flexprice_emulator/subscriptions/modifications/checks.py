"""Refusals that several changes share."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from flexprice_emulator.rating.decimals import ZERO, to_text
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.wire.errors import ValidationError

ADD_OR_REMOVE: Final = ("add", "remove")
# Columns of figures hold 20 digits, 8 of them after the point.
TOO_BIG: Final = Decimal(10) ** 12


def check_in_period(row: SubscriptionRow, moment: datetime, *, closed: bool = False) -> None:
    """Raises ValidationError for a moment outside the current period; its end belongs to it only where `closed`."""
    if moment < row.current_period_start:
        details = {"current_period_start": row.current_period_start, "effective_date": moment}
    elif moment > row.current_period_end or (moment == row.current_period_end and not closed):
        details = {"current_period_end": row.current_period_end, "effective_date": moment}
    else:
        return
    raise ValidationError("Set effective_date to a time within the current billing period", details)


def check_quantity(quantity: Decimal | None) -> None:
    """Raises ValidationError for a quantity below 0, and for one that no column holds (rating.md §0)."""
    if quantity is None:
        return
    if quantity < ZERO:
        raise ValidationError("Quantity cannot be negative")
    if quantity >= TOO_BIG:
        raise ValidationError("Quantity is too large", {"quantity": to_text(quantity)})


def check_word(word: str, allowed: Sequence[str]) -> None:
    """Raises ValidationError for a word that is none of these."""
    if word not in allowed:
        raise ValidationError(f"Valid values: {', '.join(allowed)}")
