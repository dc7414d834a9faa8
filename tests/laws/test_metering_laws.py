"""Laws of metering: what no order, copy or split of events may change."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flexprice_emulator.rating.decimals import add
from flexprice_emulator.rating.metering.expression import Expression
from flexprice_emulator.rating.metering.grid import bucket_starts
from flexprice_emulator.rating.metering.identity import distinct_events, distinct_rows, usage_row
from flexprice_emulator.rating.metering.model import Meter, RawEvent, UsageRow
from flexprice_emulator.rating.metering.quantity import Measurement, measure
from flexprice_emulator.rating.metering.raw import RawQuery, raw_usage
from flexprice_emulator.rating.metering.rows import RowsUsage
from flexprice_emulator.rating.metering.windows import WINDOW_SIZES, bucket_end, bucket_start, zone

OPERATORS = ["+", "-", "*", "/", "%", ",", "?", ":", ">", "<=", "==", "!=", "&&", "||", "!", ".", "in", " "]
BRACKETS = ["(", ")", "[", "]", "{", "}", "max(", "pow(", "abs(", "int(", "has("]
WORDS = ["a", "b", "1", "2.5", "0x1", "1u", "1e3", "true", "null", "'x'", '"', "//", "\n"]
TOKENS = OPERATORS + BRACKETS + WORDS
START = datetime(2024, 3, 1, tzinfo=UTC)
END = datetime(2024, 4, 1, tzinfo=UTC)
TYPES: list[Any] = ["COUNT", "SUM", "AVG", "COUNT_UNIQUE", "LATEST", "SUM_WITH_MULTIPLIER", "MAX", "WEIGHTED_SUM"]
instants = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (hypothesis adds the zone)
quantities = st.decimals(min_value=0, max_value=10**9, places=6)
zones = st.sampled_from(["UTC", "Asia/Kolkata", "America/New_York", "Asia/Beirut", "Pacific/Apia", "America/Sao_Paulo"]).map(zone)


@st.composite
def rows(draw: st.DrawFn) -> UsageRow:
    measured = Measurement(matches=True, quantity=draw(quantities), unique_hash=draw(st.sampled_from(["", "x", "y"])))
    return usage_row(
        measured,
        "m",
        event_id=draw(st.sampled_from("abcdef")),
        external_customer_id=draw(st.sampled_from("cd")),
        timestamp=START + timedelta(seconds=draw(st.integers(-10, 10)), milliseconds=draw(st.integers(0, 999))),
        ingested_at=START + timedelta(seconds=draw(st.integers(0, 5))),
    )


@st.composite
def events(draw: st.DrawFn) -> RawEvent:
    offset = timedelta(milliseconds=draw(st.integers(-3, 3)) * 250)
    value = draw(st.one_of(st.integers(-100, 100), st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["5", "x", None])))
    return RawEvent(draw(st.sampled_from("abc")), "ev", "c", START + offset, {"v": value})


def total(given_rows: list[UsageRow], aggregation_type: Any) -> Any:
    return RowsUsage(given_rows).total(Meter("m", "ev", aggregation_type, "v"), ["c", "d"], START, END)


@given(st.lists(rows(), max_size=12), st.sampled_from(TYPES), st.randoms(use_true_random=False))
def test_the_order_of_different_events_does_not_matter(given_rows: list[UsageRow], aggregation_type: Any, random: Any) -> None:
    different = distinct_rows(given_rows)
    shuffled = different.copy()
    random.shuffle(shuffled)
    assert total(shuffled, aggregation_type) == total(different, aggregation_type)


@given(st.lists(events(), max_size=12), st.sampled_from(TYPES), st.randoms(use_true_random=False))
def test_the_order_of_different_raw_events_does_not_matter(given_events: list[RawEvent], aggregation_type: str, random: Any) -> None:
    query = RawQuery("ev", aggregation_type, "v", start=START, end=END, multiplier=Decimal("0.5"))
    different = distinct_events(given_events)
    shuffled = different.copy()
    random.shuffle(shuffled)
    assert raw_usage(shuffled, query) == raw_usage(different, query)


@given(st.lists(rows(), min_size=1, max_size=12), st.sampled_from(TYPES), st.data())
def test_a_duplicate_changes_nothing(given_rows: list[UsageRow], aggregation_type: Any, data: st.DataObject) -> None:
    copies = data.draw(st.lists(st.sampled_from(distinct_rows(given_rows)), max_size=5))
    assert total(given_rows + copies, aggregation_type) == total(given_rows, aggregation_type)


@given(st.lists(rows(), max_size=12))
def test_distinct_rows_are_distinct_for_good(given_rows: list[UsageRow]) -> None:
    once = distinct_rows(given_rows)
    assert distinct_rows(once) == once


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=20), st.integers(0, 12))
def test_splitting_a_fixed_total_changes_no_sum(parts: list[int], places: int) -> None:
    texts = [str(Decimal(part).scaleb(-places)) for part in parts]
    whole = add(*map(Decimal, texts))
    meter = Meter("m", "ev", "SUM", "v")

    def stored(values: list[str]) -> list[UsageRow]:
        measured = [measure(meter, "ev", {"v": value}) for value in values]
        return [
            usage_row(found, "m", event_id=str(index), external_customer_id="c", timestamp=START) for index, found in enumerate(measured)
        ]

    assert total(stored(texts), "SUM").quantity == total(stored([str(whole)]), "SUM").quantity == whole


@given(st.lists(st.one_of(st.sampled_from(TOKENS), st.characters(codec="utf-8")), max_size=15).map("".join))
def test_any_text_is_an_expression_or_refused_with_a_reason(text: str) -> None:
    reason = ""
    identifiers: tuple[str, ...] = ()
    try:
        identifiers = Expression(text).identifiers
    except ValueError as error:
        reason = str(error)
    assert bool(reason) != bool(identifiers)


@given(st.sampled_from(WINDOW_SIZES), instants, st.integers(1, 31))
def test_windows_tile_in_utc(size: Any, instant: datetime, day: int) -> None:
    anchor = datetime(2024, 1, day, tzinfo=UTC)
    start, end = bucket_start(size, instant, anchor=anchor), bucket_end(size, instant, anchor=anchor)
    assert start <= instant < end
    assert bucket_start(size, start, anchor=anchor) == start
    assert bucket_start(size, end, anchor=anchor) == end
    assert bucket_start(size, end - timedelta(microseconds=1), anchor=anchor) == start


@given(st.sampled_from(WINDOW_SIZES[:8]), instants, zones)
def test_windows_tile_in_every_zone(size: Any, instant: datetime, timezone: Any) -> None:
    start, end = bucket_start(size, instant, timezone), bucket_end(size, instant, timezone)
    assert start <= instant < end
    assert bucket_start(size, start, timezone) == start
    assert bucket_start(size, end, timezone) == end


@given(st.sampled_from(WINDOW_SIZES[3:]), instants, st.integers(1, 28), st.timedeltas(timedelta(seconds=1), timedelta(days=90)))
def test_the_grid_covers_its_range(size: Any, start: datetime, day: int, length: timedelta) -> None:
    grid = bucket_starts(size, start, start + length, anchor=datetime(2024, 1, day, tzinfo=UTC))
    assert grid[0] <= start < (grid[1] if len(grid) > 1 else start + length)
    assert grid[-1] < start + length
    assert grid == sorted(set(grid))


@given(st.lists(rows(), max_size=12), st.integers(-9, 9))
def test_adjoining_ranges_add_up(given_rows: list[UsageRow], cut: int) -> None:
    source, meter = RowsUsage(given_rows), Meter("m", "ev", "SUM", "v")
    low, middle, high = START - timedelta(days=1), START + timedelta(seconds=cut), END
    halves = source.total(meter, ["c", "d"], low, middle).quantity + source.total(meter, ["c", "d"], middle, high).quantity
    assert halves == source.total(meter, ["c", "d"], low, high).quantity


@given(st.lists(rows(), max_size=12), st.sampled_from(WINDOW_SIZES))
def test_buckets_of_a_sum_add_up_to_the_sum(given_rows: list[UsageRow], size: Any) -> None:
    bucketed = Meter("m", "ev", "SUM", "v", bucket_size=size)
    plain = Meter("m", "ev", "SUM", "v")
    source = RowsUsage(given_rows)
    buckets = source.buckets(bucketed, ["c", "d"], START, END)
    assert add(*(bucket.value for bucket in buckets)) == source.total(plain, ["c", "d"], START, END).quantity
    assert source.total(bucketed, ["c", "d"], START, END).quantity == source.total(plain, ["c", "d"], START, END).quantity
