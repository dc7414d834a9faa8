"""The periods of a subscription (subscriptions.md §8.3). Pure but for reading the row."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from flexprice_emulator.rating.periods import next_billing_date
from flexprice_emulator.subscriptions.tables import SubscriptionRow


class Period(NamedTuple):
    """[start, end)."""

    start: datetime
    end: datetime


def following_end(row: SubscriptionRow, start: datetime) -> datetime:
    """End of the period that starts at a moment, cut at the subscription's end; never before its start."""
    end = next_billing_date(
        start,
        row.billing_anchor,
        row.billing_period,
        row.billing_period_count,
        timezone=row.timezone,
        subscription_end=row.end_date,
    )
    return max(start, end)


def periods_until(row: SubscriptionRow, now: datetime) -> Sequence[Period]:
    """The current period and those after it, until one that has not ended before `now`. All but the last are completed.

    The last one is empty where the subscription ends: there is nothing after its end.
    """
    found = [Period(row.current_period_start, row.current_period_end)]
    while found[-1].end < now:
        start = found[-1].end
        following = Period(start, following_end(row, start))
        found.append(following)
        if following.end <= following.start:
            break
    return found
