"""What billing reads out of the database is what the same rows give in memory, for every aggregation, window and customer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from flexprice_emulator.events.intake import Incoming, to_milliseconds
from flexprice_emulator.events.properties import properties_text
from flexprice_emulator.events.store import store as store_events
from flexprice_emulator.events.usage import SqlUsage
from flexprice_emulator.rating.decimals import multiply
from flexprice_emulator.rating.metering.identity import usage_row
from flexprice_emulator.rating.metering.model import Meter, UsageRow
from flexprice_emulator.rating.metering.quantity import measure
from flexprice_emulator.rating.metering.rows import RowsUsage
from tests.events.support import NOW, Store, add_meter

START = datetime(2024, 2, 26, tzinfo=UTC)
KINDS = ("COUNT", "SUM", "AVG", "MAX", "LATEST", "COUNT_UNIQUE", "WEIGHTED_SUM", "SUM_WITH_MULTIPLIER")
SIZES = ("MINUTE", "HOUR", "6HOUR", "DAY", "WEEK", "MONTH")

values = st.one_of(
    st.integers(-5, 30),
    st.sampled_from([0.1, 2.5, "0.1234567890123456789", "1e-15", "3.0000001", "12345678901234.5", "1e22", "abc", None, True]),
)
moments = st.one_of(
    st.sampled_from([0, 1, 999, 1000, 1001, 60_000, 86_400_000, 7 * 86_400_000]),
    st.integers(0, 45 * 86_400_000),
)
sent = st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["c1", "c2"]), moments, values, st.sampled_from(["x", "y", None]))


def incoming(entry: tuple[str, str, int, Any, str | None]) -> Incoming:
    event_id, customer, offset, value, kind = entry
    properties: dict[str, object] = {"v": value} if value is not None else {}
    if kind is not None:
        properties["kind"] = kind
    moment = START + timedelta(milliseconds=offset)
    return Incoming("ev", customer, "", event_id, to_milliseconds(moment), "", properties, properties_text(properties))


def expected_rows(meter: Meter, events: list[Incoming]) -> list[UsageRow]:
    rows = []
    for event in events:
        found = measure(meter, "ev", event.properties)
        if found.has_row:
            moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=event.timestamp)
            rows.append(
                usage_row(found, meter.id, event_id=event.event_id, external_customer_id=event.external_customer_id, timestamp=moment)
            )
    return rows


def meter_of(kind: str, **options: Any) -> Meter:
    multiplier = Decimal("1.5") if kind == "SUM_WITH_MULTIPLIER" else None
    return Meter("meter_1", "ev", kind, field="" if kind == "COUNT" else "v", multiplier=multiplier, **options)  # type: ignore[arg-type]


def aggregation_of(meter: Meter) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": meter.aggregation_type, "field": meter.field, "group_by": meter.group_by}
    if meter.multiplier is not None:
        shape["multiplier"] = str(meter.multiplier)
    if meter.bucket_size is not None:
        shape["bucket_size"] = meter.bucket_size
    return shape


slow = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@slow
@given(
    events=st.lists(sent, max_size=25),
    kind=st.sampled_from(KINDS),
    customers=st.sampled_from([["c1"], ["c2"], ["c1", "c2"], []]),
    first=moments,
    length=moments,
)
@example(events=[("a", "c1", 0, 1, "x"), ("a", "c1", 86_400_000, 2, "x")], kind="COUNT", customers=["c1"], first=0, length=30 * 86_400_000)
@example(events=[("a", "c1", 0, 1, None), ("a", "c2", 0, 2, None)], kind="COUNT", customers=["c1", "c2"], first=0, length=1000)
def test_totals_and_windows_equal_those_of_rows(
    store: Store, events: list[Any], kind: str, customers: list[str], first: int, length: int
) -> None:
    meter = meter_of(kind)
    taken = [incoming(entry) for entry in events]
    start = START + timedelta(milliseconds=first)
    end = start + timedelta(milliseconds=length)
    with store.fresh() as ctx:
        add_meter(ctx, meter.id, aggregation_of(meter))
        store_events(ctx, taken)
        usage, rows = SqlUsage(ctx), RowsUsage(expected_rows(meter, taken))

        assert usage.total(meter, customers, start, end) == rows.total(meter, customers, start, end)
        for size, anchor in (("DAY", None), ("MONTH", None), ("MONTH", datetime(2024, 1, 31, tzinfo=UTC))):
            found = usage.windows(meter, customers, start, end, size, anchor=anchor)  # type: ignore[arg-type]
            assert found == rows.windows(meter, customers, start, end, size, anchor=anchor)  # type: ignore[arg-type]


@slow
@given(
    events=st.lists(sent, max_size=25),
    kind=st.sampled_from(["MAX", "SUM"]),
    size=st.sampled_from(SIZES),
    grouped=st.booleans(),
)
def test_buckets_equal_those_of_rows(store: Store, events: list[Any], kind: str, size: Any, grouped: bool) -> None:
    meter = meter_of(kind, bucket_size=size, group_by="properties.kind" if grouped and kind == "MAX" else "")
    taken = [incoming(entry) for entry in events]
    end = START + timedelta(days=46)
    with store.fresh() as ctx:
        add_meter(ctx, meter.id, aggregation_of(meter))
        store_events(ctx, taken)
        usage, rows = SqlUsage(ctx), RowsUsage(expected_rows(meter, taken))

        assert usage.buckets(meter, ["c1", "c2"], START, end) == rows.buckets(meter, ["c1", "c2"], START, end)
        assert usage.total(meter, ["c1"], START, end) == rows.total(meter, ["c1"], START, end)


def test_prefetched_totals_are_those_of_single_reads(store: Store) -> None:
    meters = [replace(meter_of(kind), id=f"meter_{kind}") for kind in KINDS]
    with store.fresh() as ctx:
        for meter in meters:
            add_meter(ctx, meter.id, aggregation_of(meter))
        store_events(ctx, [incoming(("a", "c1", 0, 4, "x")), incoming(("b", "c1", 5000, "2.5", "y")), incoming(("c", "c1", 9000, 4, None))])
        end = START + timedelta(days=1)
        together = SqlUsage(ctx)
        together.prefetch(meters, ["c1"], START, end)
        for meter in meters:
            assert together.total(meter, ["c1"], START, end) == SqlUsage(ctx).total(meter, ["c1"], START, end)


def test_a_prefetch_reads_each_kind_once(store: Store) -> None:
    meters = [replace(meter_of("SUM"), id=f"meter_{number}") for number in range(50)]
    with store.fresh() as ctx:
        for meter in meters:
            add_meter(ctx, meter.id, aggregation_of(meter))
        store_events(ctx, [incoming(("a", "c1", 0, 4, "x"))])
        ctx.session.flush()
        statements: list[str] = []
        ctx.workspace.connection.set_trace_callback(statements.append)
        usage = SqlUsage(ctx)
        usage.prefetch(meters, ["c1"], START, START + timedelta(days=1))
        totals = [usage.total(meter, ["c1"], START, START + timedelta(days=1)) for meter in meters]
        ctx.workspace.connection.set_trace_callback(None)

        assert {total.quantity for total in totals} == {Decimal(4)}
        assert len(statements) == 2


@pytest.mark.parametrize("count", [2, 3])
def test_large_quantities_add_without_loss(store: Store, count: int) -> None:
    meter = meter_of("SUM")
    with store.fresh() as ctx:
        add_meter(ctx, meter.id, aggregation_of(meter))
        store_events(ctx, [incoming((f"e{n}", "c1", n * 1000, "99999999999999999999999.000000000000001", "x")) for n in range(count)])
        total = SqlUsage(ctx).total(meter, ["c1"], START, START + timedelta(days=1))
        assert total.quantity == multiply(Decimal("99999999999999999999999.000000000000001"), Decimal(count))


def test_first_time_opens_a_window_at_the_first_row(store: Store) -> None:
    meter = meter_of("COUNT")
    with store.fresh() as ctx:
        add_meter(ctx, meter.id, aggregation_of(meter))
        store_events(ctx, [incoming(("b", "c1", 90_500, 1, None)), incoming(("a", "c1", 30_200, 1, None))])
        usage = SqlUsage(ctx)
        assert usage.first_time(meter, ["c1"], START, NOW) == START + timedelta(seconds=30)
        assert usage.first_time(meter, ["c1"], START + timedelta(seconds=31), NOW) == START + timedelta(seconds=90)
        assert usage.first_time(meter, ["c2"], START, NOW) is None
