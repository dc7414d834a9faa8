"""A second, naive reading of rating.md: plain fractions over plain rows, one function a sentence, no thought of speed.

The engine is compared with it (test_naive.py). Nothing here comes from the engine but the shapes of its input.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import Any

Row = Any  # UsageRow: event_id, timestamp, quantity, unique_hash, group
STEPS = {
    **{f"{minutes}MIN": timedelta(minutes=minutes) for minutes in (15, 30)},
    **{f"{hours}HOUR": timedelta(hours=hours) for hours in (3, 6, 12)},
    "HOUR": timedelta(hours=1),
    "DAY": timedelta(days=1),
    "WEEK": timedelta(days=7),
}
PLACES = {"jpy": 0, "vnd": 0, "krw": 0, "clp": 0, "kwd": 3, "clf": 4}


def half_up(value: Fraction, places: int) -> Fraction:
    """§0: half away from zero."""
    scaled = abs(value) * 10**places
    whole = floor(scaled) + (1 if scaled - floor(scaled) >= Fraction(1, 2) else 0)
    return Fraction(whole if value >= 0 else -whole, 10**places)


def over(numerator: Fraction, denominator: Fraction) -> Fraction:
    """§0: a quotient has 16 places."""
    return half_up(numerator / denominator, 16)


# -- §1 quantities


def measured(kind: str, rows: Sequence[Row]) -> Fraction:
    """§1.1: the aggregate of a window."""
    values = [Fraction(row.quantity) for row in rows]
    if kind == "COUNT":
        return Fraction(len({row.event_id for row in rows}))
    if kind == "COUNT_UNIQUE":
        return Fraction(len({row.unique_hash for row in rows} - {""}))
    if kind == "MAX":
        return max(values, default=Fraction(0))
    if kind == "AVG":
        # In Float64, read back as its shortest decimal.
        return Fraction(repr(float(sum(values)) / len(values))) if values else Fraction(0)
    if kind == "LATEST":
        newest = max((row.timestamp for row in rows), default=None)
        last = sorted((row for row in rows if row.timestamp == newest), key=lambda row: row.event_id)
        return Fraction(last[0].quantity) if last else Fraction(0)
    return sum(values, Fraction(0))


def bucket_of(size: str, at: datetime) -> datetime:
    """§1.7: UTC; weeks begin on Sunday; months on the first (the invoice path carries no anchor)."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if size == "WEEK":
        return midnight - timedelta(days=(at.weekday() + 1) % 7)
    if size == "MONTH":
        return midnight.replace(day=1)
    return midnight if size == "DAY" else at - (at - midnight) % STEPS[size]


def anchored_month(at: datetime, day: int) -> datetime:
    """§1.7: shift back, first of that month, shift forward; short months overflow."""
    shift = timedelta(days=day - 1)
    return (at - shift).replace(day=1, hour=0, minute=0, second=0, microsecond=0) + shift


def grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    """Rows by a key."""
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


# -- §2 prices


def cost(price: Any, q: Fraction, *, bucket: bool = False) -> Fraction:
    """§2: unrounded; a tiered bucket of 0 pays the first flat amount, a scalar 0 nothing."""
    if q == 0 and not (bucket and price.billing_model == "TIERED"):
        return Fraction(0)
    if price.billing_model == "FLAT_FEE":
        return Fraction(price.amount) * q
    if price.billing_model == "PACKAGE":
        count = over(q, Fraction(price.transform_quantity.divide_by))
        return Fraction(price.amount) * (floor(count) if price.transform_quantity.round == "down" else ceil(count))
    tiers = sorted(price.tiers, key=lambda tier: (tier.up_to is None, tier.up_to or 0))
    if price.tier_mode == "VOLUME":
        tier = next((tier for tier in tiers if tier.up_to is None or q <= tier.up_to), tiers[-1])
        return Fraction(tier.unit_amount) * q + Fraction(tier.flat_amount)
    total, below = Fraction(0), 0
    for tier in tiers:
        units = q - below if tier.up_to is None else min(q, Fraction(tier.up_to)) - below
        total += Fraction(tier.unit_amount) * units + Fraction(tier.flat_amount)
        if tier.up_to is None or q <= tier.up_to:
            break
        below = tier.up_to
    return total


# -- §4 entitlements


def billable(entitlement: Any, q: Fraction, meter: Any, rows: Sequence[Row], window: tuple[datetime, datetime], sub: Any) -> Fraction:
    """§4.2: what is left to pay of a gross quantity; `rows` are all of the meter's."""
    limit, reset = entitlement.usage_limit, entitlement.usage_reset_period
    inside = [row for row in rows if window[0] <= row.timestamp < window[1]]
    if limit is None:
        return Fraction(0)
    if meter.bucket_size or reset == sub.billing_period:
        return max(q - limit, Fraction(0))
    if reset in ("DAILY", "MONTHLY"):
        day = sub.billing_anchor.day
        windows = grouped(inside, lambda row: bucket_of("DAY", row.timestamp) if reset == "DAILY" else anchored_month(row.timestamp, day))
        return sum((max(measured(meter.aggregation_type, members) - limit, Fraction(0)) for members in windows.values()), Fraction(0))
    if reset == "NEVER":
        until = measured(meter.aggregation_type, [row for row in rows if sub.start_date <= row.timestamp < window[1]])
        before = measured(meter.aggregation_type, [row for row in rows if sub.start_date <= row.timestamp < window[0]])
        return max(until - before - limit, Fraction(0))
    return max(q - limit, Fraction(0))


# -- §5 commitments


def committed(usage: Fraction, commitment: Fraction, factor: Fraction, true_up: bool) -> Fraction:
    """§5.1: one formula."""
    if usage >= commitment:
        return commitment + (usage - commitment) * factor
    return commitment if true_up else usage


def commitment_of(terms: Any, price: Any) -> Fraction:
    """§5.2: money, or units priced through the price."""
    if terms.commitment_type == "quantity":
        return cost(price, Fraction(terms.commitment_quantity or 0))
    return Fraction(terms.commitment_amount or 0)


def commits(terms: Any) -> bool:
    """A commitment of nothing is none; one of units that cost nothing is one."""
    return bool((terms.commitment_quantity if terms.commitment_type == "quantity" else terms.commitment_amount) or 0)


def grid(size: str, start: datetime, end: datetime, day: int) -> list[datetime]:
    """§5.3: Monday weeks, months from the anchor's day, clamped to short ones."""
    if end <= start:
        return []
    if size == "MONTH":
        months = [(y, m) for y in range(start.year - 1, end.year + 2) for m in range(1, 13)]
        found = [datetime(y, m, min(day, monthrange(y, m)[1]), tzinfo=UTC) for y, m in months]
    else:
        step = STEPS[size]
        first = bucket_of("DAY" if size == "WEEK" else size, start)
        first -= timedelta(days=start.weekday() if size == "WEEK" else 0)
        found = [first]
        while found[-1] + step < end:
            found.append(found[-1] + step)
    return [at for at, after in zip(found, [*found[1:], end], strict=True) if at < end and after > start]


def windowed(item: Any, rows: Sequence[Row], window: tuple[datetime, datetime], now: datetime, day: int) -> Fraction:
    """§5.3: every bucket alone; groups of one bucket merge to their greatest on MAX meters."""
    terms, size, kind = item.commitment, item.meter.bucket_size, item.meter.aggregation_type
    values: dict[datetime, Fraction] = {
        at: measured(kind, members) for at, members in grouped(rows, lambda r: bucket_of(size, r.timestamp)).items()
    }
    fills = any(held.enable_true_up for held in (terms, *terms.commitment_time_buckets))
    starts = grid(size, window[0], min(window[1], now), day) if fills else sorted(values)
    charge = Fraction(0)
    for at in starts:
        own = next((bucket for bucket in terms.commitment_time_buckets if at_time(bucket, at)), None)
        term, price = (terms, item.price) if own is None else (own, own.price)
        usage = cost(price, values.get(at, Fraction(0)))
        c = commitment_of(term, price)
        charge += committed(usage, c, Fraction(term.overage_factor), term.enable_true_up) if own or commits(terms) else usage
    return charge


def at_time(bucket: Any, at: datetime) -> bool:
    """§5.3: [start, end) of the day in UTC; may wrap midnight, may end at 24:00."""
    now, start, end = f"{at:%H:%M}", bucket.start, bucket.end
    return bool(start <= now < end if start < end else now >= start or now < end)


# -- §4.4 quotas


def beyond_quotas(quotas: Sequence[Any], item: Any, rows: Sequence[Row], window: tuple[datetime, datetime]) -> Fraction:
    """Units (or money) beyond: of one config window by window; of several what lies in the union of the crossed stretches."""

    def used(start: datetime, end: datetime) -> Fraction:
        q = measured(item.meter.aggregation_type, [row for row in rows if start <= row.timestamp < end])
        return cost(item.price, q) if quotas[0].grant_measure == "amount" else q

    if len({quota.entitlement_id for quota in quotas}) == 1:
        spans = [(max(quota.valid_from, window[0]), min(quota.valid_to, window[1]), Fraction(quota.grant_quota)) for quota in quotas]
        return sum((max(used(start, end) - limit, Fraction(0)) for start, end, limit in spans), Fraction(0))
    hours = {
        at
        for quota in quotas
        if quota.quota_crossed_at
        for at in hours_of(max(quota.quota_crossed_at, window[0]), min(quota.valid_to, window[1]))
    }
    stretches: list[tuple[datetime, datetime]] = []
    for at in sorted(hours):
        start = stretches.pop()[0] if stretches and stretches[-1][1] == at else at
        stretches.append((start, at + timedelta(hours=1)))
    return sum((used(start, end) for start, end in stretches), Fraction(0))


def hours_of(start: datetime, end: datetime) -> list[datetime]:
    """The hours of a stretch of whole hours."""
    return [start + timedelta(hours=number) for number in range((end - start) // timedelta(hours=1))]


def quotas_count(item: Any, measure: str, sub: Any) -> bool:
    """§4.4: the guards."""
    fits = item.meter.aggregation_type in ("SUM", "COUNT", "SUM_WITH_MULTIPLIER") and not item.meter.bucket_size
    return fits and item.price.billing_model != "TIERED" and (measure == "quantity" or not (item.commitment or sub.enable_true_up))


@dataclass
class Line:
    """A line as it is billed."""

    name: str
    amount: Fraction
    quantity: Fraction
    units: Fraction = Fraction(0)


def cumulative(request: Any, lines: list[Line], places: int) -> list[Line] | None:
    """§5.5: a commitment over several periods, once an invoice of it lies behind."""
    sub, c = request.subscription, Fraction(request.subscription.commitment_amount or 0)
    prior = [p for p in request.prior_invoices if p.period_start >= sub.start_date and p.period_end <= request.period_start]
    if not (c > 0 and sub.overage_factor > 1 and sub.commitment_duration not in (None, sub.billing_period) and prior):
        return None
    factor, current = Fraction(sub.overage_factor), sum((line.amount for line in lines), Fraction(0))
    spent = Fraction(0)
    for line in (line for invoice in prior for line in invoice.usage_lines):
        spent += over(Fraction(line.amount), Fraction(line.overage_factor)) if line.overage_factor else Fraction(line.amount)
    within = min(current, max(c - spent, Fraction(0)))
    if current:
        for line in lines:
            line.quantity = half_up(line.quantity * over(within, current), places)
            line.amount = half_up(over(line.amount, current) * within, places)
    if current > within:
        lines.append(Line(f"{sub.plan_display_name} Overage", half_up((current - within) * factor, places), current - within))
    years = {"ANNUAL": 12, "HALF_YEARLY": 6, "QUARTERLY": 3, "MONTHLY": 1}[sub.commitment_duration]
    owed = half_up(c - spent - current, places)
    if sub.enable_true_up and request.period_end >= months_after(sub.start_date, years) and owed > 0:
        lines.append(Line(f"{sub.plan_display_name} True Up", owed, Fraction(1)))
    return lines


def months_after(at: datetime, months: int) -> datetime:
    """By the calendar; the month's last day where it is shorter."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))


def split(
    charges: Sequence[tuple[Any, Fraction, Fraction]], commitment: Fraction, factor: Fraction
) -> tuple[list[tuple[int, bool, Fraction, Fraction]], Fraction]:
    """§5.4: (price, quantity, amount) in order to (index, is overage, quantity, amount), and what remains."""
    halves: list[tuple[int, bool, Fraction, Fraction]] = []
    remaining = commitment
    for index, (price, q, amount) in enumerate(charges):
        unit = Fraction(price.amount) if price.billing_model == "FLAT_FEE" else over(amount, q) if q > 0 else Fraction(0)
        if amount <= remaining:
            halves.append((index, False, q, amount))
            remaining -= amount
        elif remaining > 0:
            normal = Fraction(floor(over(remaining, unit))) if unit else Fraction(0)
            if normal:
                halves.append((index, False, normal, normal * unit))
            halves.append((index, True, q - normal, (q - normal) * unit * factor))
            remaining -= normal * unit
        else:
            halves.append((index, True, q, amount * factor))
    return halves, remaining


def usage_lines(request: Any, rows: Sequence[Row]) -> list[Line]:
    """§7, steps 1-7: the usage side of an invoice, true-up last."""
    sub, places = request.subscription, PLACES.get(request.subscription.currency, 2)
    gross = []
    for item in request.line_items:
        if item.meter is None:
            continue
        window = max(request.period_start, item.start_date), min(request.period_end, item.end_date or request.period_end)
        if window[0] >= window[1]:
            continue
        mine = [row for row in rows if row.meter_id == item.meter.id]
        inside = [row for row in mine if window[0] <= row.timestamp < window[1]]
        kind, size = item.meter.aggregation_type, item.meter.bucket_size
        if size:
            values = [measured(kind, m) for m in grouped(inside, lambda r, s=size: (bucket_of(s, r.timestamp), r.group)).values()]  # type: ignore[misc]
            q, money = sum(values, Fraction(0)), sum((cost(item.price, value, bucket=True) for value in values), Fraction(0))
        else:
            q = measured(kind, inside)
            money = cost(item.price, q)
        rank = 2 if not inside else 1 if size else 0
        gross.append((rank, item, window, mine, inside, q, half_up(money, places)))
    gross.sort(key=lambda charge: charge[0])
    halves = [(index, False, charge[5], charge[6]) for index, charge in enumerate(gross)]
    active = sub.commitment_amount is not None and sub.commitment_amount > 0 and sub.overage_factor > 1
    spans = cumulative(request, [], places) is not None
    active = active and not spans
    left = Fraction(0)
    if active:
        halves, left = split([(c[1].price, c[5], c[6]) for c in gross], Fraction(sub.commitment_amount), Fraction(sub.overage_factor))
    lines = []
    for index, beyond, q, amount in halves:
        _, item, window, mine, inside, all_q, all_amount = gross[index]
        halved = any(half[0] == index and half[1] for half in halves)
        amount = half_up(amount, places)
        if halved and item.meter.bucket_size:
            q, amount = all_q, all_amount
        if not beyond:
            quotas = [q for q in request.grants.get(item.meter.id, ()) if q.valid_from < window[1] and window[0] < q.valid_to]
            counts = bool(quotas) and quotas_count(item, quotas[0].grant_measure, sub)
            entitlement = None if counts else request.entitlements.get(item.meter.id)
            paid = q if entitlement is None else billable(entitlement, q, item.meter, mine, window, sub)
            paid = beyond_quotas(quotas, item, mine, window) if counts else paid
            free = entitlement is not None and entitlement.usage_limit is None
            if counts and quotas[0].grant_measure == "amount":
                q, amount = Fraction(0), half_up(paid, places)
            elif free or paid != q or (halved and not item.meter.bucket_size):
                q, amount = paid, half_up(cost(item.price, paid), places)
            terms = item.commitment
            if terms is not None and terms.is_window_commitment and item.meter.bucket_size:
                amount = half_up(windowed(item, inside, window, request.now, sub.billing_anchor.day), places)
            elif terms is not None and commits(terms):
                amount = committed(amount, commitment_of(terms, item.price), Fraction(terms.overage_factor), terms.enable_true_up)
                amount = half_up(amount, places)
        units = half_up(over(amount, Fraction(item.price_unit_rate)), places) if item.price_unit_rate else Fraction(0)
        lines.append(Line(item.display_name + (" (Overage)" if beyond else ""), amount, q, units))
    lines.sort(key=lambda line: line.name.removesuffix(" (Overage)"))
    if spans:
        return cumulative(request, lines, places) or []
    if active and sub.enable_true_up and not any(half[1] for half in halves) and half_up(left, places) > 0:
        lines.append(Line(f"{sub.plan_display_name} True Up", half_up(left, places), Fraction(1)))
    return lines
