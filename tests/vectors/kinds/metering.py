"""Vector kinds of metering: per-event quantities, stored rows, windows, and reads of raw events."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flexprice_emulator.rating.metering.grid import bucket_starts
from flexprice_emulator.rating.metering.identity import usage_row
from flexprice_emulator.rating.metering.model import Meter, MeterFilter, RawEvent
from flexprice_emulator.rating.metering.quantity import Measurement, measure
from flexprice_emulator.rating.metering.raw import RawQuery, raw_usage
from flexprice_emulator.rating.metering.rows import RowsUsage
from flexprice_emulator.rating.metering.windows import bucket_start

CUSTOMER = "customer"
EVENT_NAME = "event"


def instant(text: str) -> datetime:
    """An RFC 3339 time."""
    return datetime.fromisoformat(text)


def meter_of(spec: Mapping[str, Any], meter_id: str = "meter") -> Meter:
    """The meter of a case: {event_name, aggregation {type, field, ...}, filters, reset_usage}."""
    aggregation = spec["aggregation"]
    multiplier = aggregation.get("multiplier")
    filters = spec.get("filters") or []
    if isinstance(filters, Mapping):
        filters = [{"key": key, "values": values} for key, values in filters.items()]
    return Meter(
        id=meter_id,
        event_name=spec.get("event_name", EVENT_NAME),
        aggregation_type=aggregation["type"],
        field=aggregation.get("field", ""),
        expression=aggregation.get("expression", ""),
        multiplier=Decimal(multiplier) if multiplier is not None else None,
        bucket_size=aggregation.get("bucket_size"),
        group_by=aggregation.get("group_by", ""),
        filters=tuple(MeterFilter(entry["key"], tuple(entry["values"])) for entry in filters),
        reset_usage=spec.get("reset_usage", "BILLING_PERIOD"),
    )


def equal(what: str, actual: object, expected: object) -> None:
    """Fail with both values."""
    assert actual == expected, f"{what}: got {actual}, expected {expected}"


def event_quantity(case: dict[str, Any]) -> None:
    """Raw properties to quantity, skip and hash."""
    meter = meter_of(case["input"]["meter"])
    expected = case["expected"]["events"]
    equal("events", len(case["input"]["events"]), len(expected))
    for index, (properties, wanted) in enumerate(zip(case["input"]["events"], expected, strict=True)):
        found = measure(meter, meter.event_name, properties)
        where = f"event {index} {properties}"
        equal(f"{where} matches", found.matches, wanted["matches"])
        equal(f"{where} skipped", found.skipped, wanted.get("skipped", False))
        if "quantity" in wanted:
            equal(f"{where} quantity", found.quantity, Decimal(wanted["quantity"]))
        if "unique_hash" in wanted:
            equal(f"{where} unique_hash", found.unique_hash, wanted["unique_hash"])


def meter_usage_rows(case: dict[str, Any]) -> None:
    """Stored rows in insertion order to the quantity of the period."""
    given = case["input"]
    meter = Meter("meter", EVENT_NAME, given["aggregation"], "v", bucket_size=given.get("bucket_size"), group_by=given.get("group_by", ""))
    rows = []
    for row in given["rows"]:
        measured = Measurement(
            matches=True, quantity=Decimal(row["quantity"]), unique_hash=row.get("unique_hash", ""), group=row.get("group", "")
        )
        rows.append(
            usage_row(
                measured,
                row.get("meter_id", meter.id),
                event_id=row["id"],
                external_customer_id=row.get("external_customer_id", CUSTOMER),
                timestamp=instant(row["timestamp"]),
                ingested_at=instant(row["ingested_at"]) if "ingested_at" in row else None,
            )
        )
    customers = sorted({row.external_customer_id for row in rows})
    usage = RowsUsage(rows).total(meter, customers, instant(given["period_start"]), instant(given["period_end"]))
    equal("quantity", usage.quantity, Decimal(case["expected"]["quantity"]))
    if "event_count" in case["expected"]:
        equal("event_count", usage.event_count, case["expected"]["event_count"])


def sql_bucket_start(case: dict[str, Any]) -> None:
    """Start of the window that holds a timestamp."""
    given = case["input"]
    anchor = anchor_of(given)
    start = bucket_start(given["bucket_size"], instant(given["timestamp"]), ZoneInfo(given.get("timezone", "UTC")), anchor=anchor)
    equal("start", start, instant(case["expected"]["start"]))


def fill_grid(case: dict[str, Any]) -> None:
    """The grid of true-up. The bounds are `period_start` and `period_end`, or `start` and `end`."""
    given, expected = case["input"], case["expected"]
    start, end = (instant(given.get(f"period_{bound}", given.get(bound))) for bound in ("start", "end"))
    wanted = expected["starts"] if "starts" in expected else expected["bucket_starts"]
    equal("starts", bucket_starts(given["bucket_size"], start, end, anchor=anchor_of(given)), [instant(text) for text in wanted])


def anchor_of(given: Mapping[str, Any]) -> datetime | None:
    """The billing anchor of a case, or any date with its `anchor_day`."""
    if given.get("billing_anchor"):
        return instant(given["billing_anchor"])
    day = given.get("anchor_day")
    return datetime(2024, 1, day, tzinfo=UTC) if day else None


def raw_event_usage(case: dict[str, Any]) -> None:
    """Raw events to the quantity of the period."""
    given = case["input"]
    events = [
        RawEvent(
            event_id=event.get("id", f"event-{index}"),
            event_name=EVENT_NAME,
            external_customer_id=CUSTOMER,
            timestamp=instant(event["timestamp"]),
            properties={"v": event["value"]} if "value" in event else event.get("properties"),
            ingested_at=instant(event["ingested_at"]) if "ingested_at" in event else None,
        )
        for index, event in enumerate(given["events"])
    ]
    multiplier = given.get("multiplier")
    query = RawQuery(
        event_name=EVENT_NAME,
        aggregation_type=given["aggregation"],
        property_name=given.get("field", "v"),
        external_customer_id=CUSTOMER,
        start=instant(given["period_start"]),
        end=instant(given["period_end"]),
        bucket_size=given.get("bucket_size"),
        group_by=given.get("group_by", ""),
        multiplier=Decimal(multiplier) if multiplier is not None else None,
        timezone=ZoneInfo(given.get("timezone", "UTC")),
        billing_anchor=anchor_of(given),
        reset_usage=given.get("reset_usage", "BILLING_PERIOD"),
    )
    equal("quantity", raw_usage(events, query).value, Decimal(case["expected"]["quantity"]))


KINDS: dict[str, Callable[[dict[str, Any]], None]] = {
    "event_quantity": event_quantity,
    "meter_usage_rows": meter_usage_rows,
    "bucket_start": sql_bucket_start,
    "bucket_starts": fill_grid,
    "raw_event_usage": raw_event_usage,
}
