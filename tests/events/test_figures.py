"""Analytics figures from SQL are those of reading every row (rating.md §8)."""

from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flexprice_emulator.events.analytics.figures import Figures, Range, read_figures
from flexprice_emulator.events.analytics.wanted import Wanted
from flexprice_emulator.events.store import store as store_events
from flexprice_emulator.events.usage import SqlUsage
from tests.events.support import Store, add_meter
from tests.events.test_sql_usage import START, aggregation_of, incoming, meter_of, sent


def without_sources(figures: dict[str, list[Figures]]) -> dict[str, list[Figures]]:
    return {meter_id: [replace(held, sources=()) for held in members] for meter_id, members in figures.items()}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    events=st.lists(sent, max_size=20),
    kind=st.sampled_from(["COUNT", "SUM", "AVG", "MAX", "COUNT_UNIQUE", "LATEST", "WEIGHTED_SUM"]),
    bucket=st.sampled_from([None, "HOUR", "DAY", "WEEK", "MONTH"]),
    window=st.sampled_from([None, "HOUR", "DAY", "WEEK", "MONTH"]),
    customers=st.sampled_from([("c1",), ("c1", "c2"), None]),
)
def test_sql_and_rows_agree(store: Store, events: list[Any], kind: str, bucket: Any, window: Any, customers: Any) -> None:
    meter = meter_of(kind, bucket_size=bucket if kind in ("SUM", "MAX") else None)
    wanted = Wanted(START, START + timedelta(days=46), window=window, window_text=window or "", grouped=True)
    # Asking for sources makes every row be read.
    by_rows = replace(wanted, expand=frozenset({"source"}))
    range_ = Range(customers, wanted.start, wanted.end, UTC, START + timedelta(days=2))
    with store.fresh() as ctx:
        add_meter(ctx, meter.id, aggregation_of(meter))
        store_events(ctx, [incoming(entry) for entry in events])
        usage = SqlUsage(ctx)
        found = read_figures(ctx, usage, wanted, [meter], range_, detailed=True)
        assert without_sources(found) == without_sources(read_figures(ctx, usage, by_rows, [meter], range_, detailed=True))
