"""Which events a meter's filters let through (rating.md §1.4).

Invariants: every filter key must be present and match; within a key any value does; the comparison is the
exact text of `go_text`; no filters let everything through.
"""

from collections.abc import Mapping, Sequence

from flexprice_emulator.rating.metering.gotext import go_text, property_text
from flexprice_emulator.rating.metering.model import MeterFilter

CompiledFilters = tuple[tuple[str, frozenset[str]], ...]


def compile_filters(filters: Sequence[MeterFilter]) -> CompiledFilters:
    """Filters with their values as sets, for repeated matching."""
    return tuple((entry.key, frozenset(entry.values)) for entry in filters)


def matches(filters: CompiledFilters, properties: Mapping[str, object]) -> bool:
    """Whether an event with `properties` passes a meter's filters, by the text at ingestion."""
    return all(key in properties and go_text(properties[key]) in values for key, values in filters)


def matches_text(filters: Mapping[str, Sequence[str]], properties: Mapping[str, object] | None) -> bool:
    """Whether a stored event passes property filters of a read, by JSON text (events.md §8). A missing key reads as ""."""
    return all(property_text(properties, key) in values for key, values in filters.items())
