"""Aggregates that SQL finds over raw events are those of reading every event."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from flexprice_emulator.events.intake import Incoming, from_milliseconds, to_milliseconds
from flexprice_emulator.events.properties import properties_text
from flexprice_emulator.events.raw_reads import read_usage
from flexprice_emulator.events.store import store as store_events
from flexprice_emulator.rating.metering.model import RawEvent
from flexprice_emulator.rating.metering.raw import RawQuery, raw_usage
from flexprice_emulator.rating.metering.windows import zone
from tests.events.support import Store

START = datetime(2024, 3, 1, tzinfo=UTC)
KEYS = ("v", "a.b", 'odd"key', "ключ", "back\\slash")
values = st.one_of(
    st.integers(-5, 5),
    st.sampled_from([0.1, 0.2, 1e21, 1.5e-7, "5", " 5", "5.5", "1e3", "12abc", "NaN", "Inf", "", True, False, None, {"n": 1}, [1]]),
)
sent = st.tuples(
    st.sampled_from("abcdef"),
    st.sampled_from(["c1", "c2"]),
    st.integers(0, 20),
    st.dictionaries(st.sampled_from(KEYS), values, max_size=3),
)


# A plain sum of one customer's.
_ALL: dict[str, Any] = {"filters": {}, "window": None, "bucket": None, "timezone": "UTC", "group": ""}
_SUM: dict[str, Any] = {**_ALL, "kind": "SUM", "key": "v", "customer": "c1"}


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    events=st.lists(sent, max_size=20),
    kind=st.sampled_from(["COUNT", "SUM", "AVG", "MAX", "COUNT_UNIQUE", "SUM_WITH_MULTIPLIER", "LATEST", "WEIGHTED_SUM"]),
    key=st.sampled_from(["", *KEYS]),
    customer=st.sampled_from(["", "c1", "c2"]),
    filters=st.dictionaries(st.sampled_from(KEYS), st.lists(st.sampled_from(["5", "true", "", "0.1", '{"n":1}']), min_size=1), max_size=1),
    window=st.sampled_from([None, "MINUTE", "15MIN", "DAY", "MONTH"]),
    bucket=st.sampled_from([None, "MINUTE", "WEEK"]),
    timezone=st.sampled_from(["UTC", "Asia/Kolkata", "America/New_York"]),
    group=st.sampled_from(["", "properties.v"]),
    reset=st.sampled_from(["BILLING_PERIOD", "NEVER"]),
)
@example(**_SUM, events=[("a", "c1", 0, {"v": 1}), ("a", "c1", 5, {"v": 2})], reset="NEVER")
@example(**_SUM, events=[("a", "c1", 5, {"v": "NaN"}), ("b", "c1", 6, {"v": 2})], reset="BILLING_PERIOD")
def test_reads_equal_those_of_all_events(
    store: Store,
    events: list[Any],
    kind: str,
    key: str,
    customer: str,
    filters: Any,
    window: Any,
    bucket: Any,
    timezone: str,
    group: str,
    reset: str,
) -> None:
    taken = []
    for event_id, external_id, second, properties in events:
        moment = START + timedelta(seconds=second * 40, milliseconds=second * 7)
        taken.append(Incoming("ev", external_id, "", event_id, to_milliseconds(moment), "", properties, properties_text(properties)))
    query = RawQuery(
        "ev",
        kind,
        property_name=key,
        external_customer_id=customer,
        start=START + timedelta(seconds=100),
        end=START + timedelta(seconds=700),
        filters=filters,
        window_size=window,
        bucket_size=bucket,
        timezone=zone(timezone),
        group_by=group,
        billing_anchor=datetime(2024, 1, 15, tzinfo=UTC),
        multiplier=Decimal("1.5"),
        reset_usage=reset,
    )
    held = [RawEvent(e.event_id, "ev", e.external_customer_id, from_milliseconds(e.timestamp), e.properties) for e in taken]
    with store.fresh() as ctx:
        store_events(ctx, taken)
        assert read_usage(ctx, query) == raw_usage(held, query)
