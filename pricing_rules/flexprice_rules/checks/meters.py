"""Features and their meters (rating.md §1)."""

from collections.abc import Iterator
from decimal import Decimal

from flexprice_rules.issues import Issue, warning
from flexprice_rules.model import Aggregation, AlertSettings, Feature, Meter, Rules

# "COUNT" needs nothing; these take a property or an expression, the rest a property only.
_FIELD_OR_EXPRESSION = frozenset({"SUM", "AVG", "LATEST", "MAX"})


def check_meters(rules: Rules) -> Iterator[Issue]:
    """What the API refuses about features and meters, and filter values that never match."""
    for feature in rules.features:
        yield from _feature(feature)
        if feature.meter is not None:
            yield from _aggregation(feature.meter.aggregation)
            yield from _filters(feature.meter)


def check_alerts(settings: AlertSettings) -> Iterator[Issue]:
    """Alerts need a critical threshold."""
    if settings.critical is None:
        yield Issue(settings.place, "alert_settings need a critical threshold")


def _feature(feature: Feature) -> Iterator[Issue]:
    if feature.type == "metered" and feature.meter is None:
        yield Issue(feature.place, "a metered feature needs a meter", feature.lookup_key)
    if feature.type != "metered" and feature.meter is not None:
        yield Issue(feature.place_of("meter"), "only a metered feature has a meter", feature.type)
    if feature.alert_settings is not None:
        yield from check_alerts(feature.alert_settings)
    unit = feature.reporting_unit
    if unit is not None and unit.conversion_rate <= 0:
        yield Issue(unit.place_of("conversion_rate"), "must be above 0", str(unit.conversion_rate))


def _aggregation(aggregation: Aggregation) -> Iterator[Issue]:
    kind = aggregation.type
    if aggregation.field is not None and aggregation.expression is not None:
        yield Issue(aggregation.place_of("expression"), "field and expression exclude each other", aggregation.expression)
    elif kind == "COUNT" and aggregation.given("field", "expression"):
        yield Issue(aggregation.place, "COUNT counts events: no field or expression", aggregation.field or aggregation.expression)
    elif kind in _FIELD_OR_EXPRESSION and aggregation.field is None and aggregation.expression is None:
        yield Issue(aggregation.place, "needs a field or an expression", kind)
    elif kind not in _FIELD_OR_EXPRESSION and kind != "COUNT":
        if aggregation.expression is not None:
            yield Issue(aggregation.place_of("expression"), f"{kind} takes no expression", aggregation.expression)
        if aggregation.field is None:
            yield Issue(aggregation.place, "needs a field", kind)
    if kind == "SUM_WITH_MULTIPLIER":
        if aggregation.multiplier is None:
            yield Issue(aggregation.place, "SUM_WITH_MULTIPLIER needs a multiplier")
        elif aggregation.multiplier <= 0:
            yield Issue(aggregation.place_of("multiplier"), "must be above 0", str(aggregation.multiplier))
    elif aggregation.multiplier is not None:
        yield Issue(
            aggregation.place_of("multiplier"), f"a multiplier goes with SUM_WITH_MULTIPLIER, not {kind}", str(aggregation.multiplier)
        )
    if aggregation.bucket_size is not None and kind not in ("MAX", "SUM"):
        yield Issue(aggregation.place_of("bucket_size"), f"a bucket_size goes with MAX or SUM, not {kind}", aggregation.bucket_size)
    if aggregation.group_by is not None and (kind != "MAX" or aggregation.bucket_size is None):
        yield Issue(aggregation.place_of("group_by"), "group_by goes with MAX and a bucket_size", aggregation.group_by)
    if kind == "WEIGHTED_SUM":
        yield warning(aggregation.place_of("type"), "invoices bill WEIGHTED_SUM as a plain sum")


def _filters(meter: Meter) -> Iterator[Issue]:
    keys = [item.key for item in meter.filters]
    for item in meter.filters:
        if keys.count(item.key) > 1:
            yield Issue(item.place_of("key"), "one filter a property: put all its values in one list", item.key)
        if not item.values:
            yield Issue(item.place_of("values"), "a filter needs at least one value", item.key)
        for value in item.values:
            wanted = _number_text(value)
            if wanted is not None and wanted != value:
                message = f"a JSON number is compared as {wanted}, so this matches only the same text sent as a string"
                yield warning(item.place_of("values"), message, value)


def _number_text(value: str) -> str | None:
    """How events that carry the number `value` are spelled when filters compare them (rating.md §1.4)."""
    try:
        number = float(value)
    except ValueError:
        return None
    if number != number or number in (float("inf"), float("-inf")) or not value[-1].isdigit():
        return None
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    if number == 0 or not isinstance(exponent, int):
        return "0"
    power = exponent + len(digits) - 1
    if -4 <= power < 6:
        return format(Decimal(repr(number)).normalize(), "f")
    mantissa = "".join(map(str, digits))
    mantissa = mantissa[0] + ("." + mantissa[1:] if len(mantissa) > 1 else "")
    return f"{'-' if sign else ''}{mantissa}e{'-' if power < 0 else '+'}{abs(power):02d}"
