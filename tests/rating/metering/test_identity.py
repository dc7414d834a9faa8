from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from flexprice_emulator.rating.metering.identity import cut_to_millisecond, cut_to_second, distinct_events, distinct_rows, usage_row
from flexprice_emulator.rating.metering.model import RawEvent, UsageRow
from flexprice_emulator.rating.metering.quantity import Measurement

NOON = datetime(2024, 3, 10, 12, tzinfo=UTC)


def row(event_id: str, quantity: int, *, timestamp: datetime = NOON, customer: str = "c", ingested_at: datetime | None = None) -> UsageRow:
    measured = Measurement(matches=True, quantity=Decimal(quantity))
    return usage_row(measured, "m", event_id=event_id, external_customer_id=customer, timestamp=timestamp, ingested_at=ingested_at)


def test_the_later_ingested_copy_counts_whenever_inserted() -> None:
    newer, older = row("a", 7, ingested_at=NOON + timedelta(seconds=2)), row("a", 99, ingested_at=NOON)
    assert distinct_rows([older, newer]) == distinct_rows([newer, older]) == [newer]


def test_of_equal_copies_the_later_inserted_counts() -> None:
    assert distinct_rows([row("a", 1), row("a", 2)]) == [row("a", 2)]
    assert distinct_rows([row("a", 1, ingested_at=NOON), row("a", 2, ingested_at=NOON)])[0].quantity == 2


def test_rows_of_another_second_or_customer_are_other_rows() -> None:
    assert len(distinct_rows([row("a", 1), row("a", 1, timestamp=NOON + timedelta(seconds=1)), row("a", 1, customer="d")])) == 3
    assert len(distinct_rows([row("a", 1), row("a", 1, timestamp=NOON + timedelta(milliseconds=900))])) == 1


def test_raw_events_are_one_by_millisecond_and_id_alone() -> None:
    first = RawEvent("a", "ev", "c", NOON + timedelta(microseconds=100))
    second = RawEvent("a", "other", "d", NOON + timedelta(microseconds=900))
    third = RawEvent("a", "ev", "c", NOON + timedelta(milliseconds=1))
    assert distinct_events([first, second, third]) == [second, third]


def test_a_row_is_cut_to_the_second_and_to_15_places() -> None:
    zone = timezone(timedelta(hours=5, minutes=30))
    measured = Measurement(matches=True, quantity=Decimal("0.1234567890123456"), unique_hash="h", group="g")
    local = datetime(2024, 3, 10, 17, 30, 0, 999999, tzinfo=zone)
    stored = usage_row(measured, "m", event_id="a", external_customer_id="c", timestamp=local, source="s", properties={"k": 1})
    assert (stored.timestamp, stored.timestamp.tzinfo, stored.quantity) == (NOON, UTC, Decimal("0.123456789012345"))
    assert (stored.unique_hash, stored.group, stored.source, stored.properties) == ("h", "g", "s", {"k": 1})


def test_cuts_do_not_round() -> None:
    instant = NOON + timedelta(microseconds=999_999)
    assert cut_to_second(instant) == NOON
    assert cut_to_millisecond(instant) == NOON + timedelta(milliseconds=999)
