"""How a figure came about, as data: each line is a chain of steps, each step names what went in and what came out.

Invariants: a step's input quantity or amount is the output of the one before it; the last outputs are the
line's own; every rounding is a step of its own (before, after, places). `rating/derivation_verify.py`
recomputes all of it without the engine. `to_plain` gives JSON-able data with decimals as text.
"""

from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

from flexprice_emulator.rating.decimals import to_text


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Which usage was read: a meter, customers' external ids, [start, end)."""

    kind: ClassVar[str] = "event_query"
    meter_id: str
    event_name: str
    aggregation_type: str
    customers: tuple[str, ...]
    start: datetime
    end: datetime
    bucket_size: str | None = None


@dataclass(frozen=True, slots=True)
class BucketValue:
    """One (bucket, group) value; `cost` is its price before rounding, None where it was not priced alone."""

    kind: ClassVar[str] = "bucket"
    start: datetime
    value: Decimal
    group: str = ""
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class UsageStep:
    """Sets the quantity: the meter's aggregate, and its buckets when it has any (these come without an event count)."""

    kind: ClassVar[str] = "usage"
    query: EventQuery
    quantity: Decimal
    event_count: int | None
    buckets: tuple[BucketValue, ...] = ()


@dataclass(frozen=True, slots=True)
class FixedQuantityStep:
    """Sets the quantity of a fixed charge: what the line item says."""

    kind: ClassVar[str] = "fixed_quantity"
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class GivenStep:
    """Sets quantity and amount: what a one-off invoice's request, or an edit by hand, says."""

    kind: ClassVar[str] = "given"
    quantity: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PriceTerms:
    """The price as it was applied; tiers are (up_to, unit_amount, flat_amount), ascending, open end last."""

    kind: ClassVar[str] = "price"
    price_id: str
    billing_model: str
    tier_mode: str
    amount: Decimal
    tiers: tuple[tuple[int | None, Decimal, Decimal], ...] = ()
    divide_by: int | None = None
    round: str = ""


@dataclass(frozen=True, slots=True)
class TierStep:
    """Units that fell into one tier: cost = unit_amount x units + flat_amount."""

    kind: ClassVar[str] = "tier"
    index: int
    up_to: int | None
    units: Decimal
    unit_amount: Decimal
    flat_amount: Decimal
    cost: Decimal


@dataclass(frozen=True, slots=True)
class PriceStep:
    """Sets the amount: the unrounded cost of `quantity`; `packages` for PACKAGE, `tiers` for TIERED prices."""

    kind: ClassVar[str] = "pricing"
    terms: PriceTerms
    quantity: Decimal
    cost: Decimal
    packages: Decimal | None = None
    tiers: tuple[TierStep, ...] = ()


@dataclass(frozen=True, slots=True)
class BucketPriceStep:
    """Sets the amount: the sum of the buckets' costs, each priced on its own."""

    kind: ClassVar[str] = "bucket_pricing"
    terms: PriceTerms
    buckets: tuple[BucketValue, ...]
    cost: Decimal


@dataclass(frozen=True, slots=True)
class RoundStep:
    """Half away from zero to `places`."""

    kind: ClassVar[str] = "rounding"
    before: Decimal
    after: Decimal
    places: int


@dataclass(frozen=True, slots=True)
class WindowExcess:
    """What one reset window used, and what of it lies above the limit."""

    kind: ClassVar[str] = "reset_window"
    start: datetime
    quantity: Decimal
    excess: Decimal


@dataclass(frozen=True, slots=True)
class EntitlementStep:
    """Reduces the quantity. `windows` for DAILY and MONTHLY resets; `before_period` for NEVER."""

    kind: ClassVar[str] = "entitlement"
    usage_limit: int | None
    usage_reset_period: str
    rule: str
    gross: Decimal
    billable: Decimal
    windows: tuple[WindowExcess, ...] = ()
    since_start: Decimal | None = None
    before_period: Decimal | None = None


@dataclass(frozen=True, slots=True)
class GrantUse:
    """A grant window's use against its quota; `amount` measures carry the priced usage."""

    kind: ClassVar[str] = "grant_window"
    start: datetime
    end: datetime
    quota: Decimal | None
    usage: Decimal
    overage: Decimal


@dataclass(frozen=True, slots=True)
class GrantStep:
    """Replaces the quantity (measure quantity) or the amount (measure amount) by the sum of overages."""

    kind: ClassVar[str] = "grant"
    measure: str
    windows: tuple[GrantUse, ...]
    overage: Decimal


@dataclass(frozen=True, slots=True)
class CommitmentStep:
    """Replaces the amount: C + (U - C) x factor above C; C or U below it, with or without true-up."""

    kind: ClassVar[str] = "commitment"
    usage: Decimal
    commitment: Decimal
    overage_factor: Decimal
    true_up_enabled: bool
    utilized: Decimal
    overage: Decimal
    true_up: Decimal
    charge: Decimal
    commitment_pricing: PriceStep | None = None


@dataclass(frozen=True, slots=True)
class WindowCharge:
    """One window: its merged value, its cost, and the commitment formula's parts (None: no commitment there)."""

    kind: ClassVar[str] = "window"
    start: datetime
    value: Decimal
    terms: PriceTerms
    usage: Decimal
    commitment: Decimal | None
    overage_factor: Decimal
    true_up_enabled: bool
    utilized: Decimal
    overage: Decimal
    true_up: Decimal
    charge: Decimal


@dataclass(frozen=True, slots=True)
class WindowCommitmentStep:
    """Replaces the amount by the sum of the windows' charges; earlier amounts are discarded."""

    kind: ClassVar[str] = "window_commitment"
    windows: tuple[WindowCharge, ...]
    dropped: tuple[BucketValue, ...]
    charge: Decimal


@dataclass(frozen=True, slots=True)
class SplitStep:
    """A charge against what remains of the subscription's commitment; `half` is the one this line bills.

    Halves: normal n = floor(remaining / unit_amount), overage (quantity - n) x unit_amount x factor.
    """

    kind: ClassVar[str] = "commitment_split"
    half: str
    remaining: Decimal
    amount: Decimal
    quantity: Decimal
    unit_amount: Decimal
    overage_factor: Decimal
    half_quantity: Decimal
    half_amount: Decimal
    remaining_after: Decimal


@dataclass(frozen=True, slots=True)
class ResetToBucketsStep:
    """A split bucketed charge falls back to its full quantity and cost in both halves (rating.md §5.4)."""

    kind: ClassVar[str] = "reset_to_buckets"
    quantity: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class CumulativeStep:
    """A line's share of what a multi-period commitment still covers: base / total_base x within."""

    kind: ClassVar[str] = "cumulative_share"
    base: Decimal
    total_base: Decimal
    within: Decimal
    share: Decimal
    amount: Decimal
    quantity_before: Decimal
    quantity_factor: Decimal
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class CumulativeOverageStep:
    """Sets quantity (overage base) and amount (x factor): current less what the commitment still covers."""

    kind: ClassVar[str] = "cumulative_overage"
    commitment: Decimal
    prior: Decimal
    current: Decimal
    overage_factor: Decimal
    overage_base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class TrueUpStep:
    """Sets the amount of a true-up line: commitment less what was used of it."""

    kind: ClassVar[str] = "true_up"
    commitment: Decimal
    utilized: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ScaleStep:
    """Multiplies the amount by seconds / of_seconds to 16 places: a line active for part of its window."""

    kind: ClassVar[str] = "scaling"
    before: Decimal
    seconds: Decimal
    of_seconds: Decimal
    coefficient: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class ProrationStep:
    """Replaces the amount by unit amount x quantity x coefficient: the short first period and its echo."""

    kind: ClassVar[str] = "proration"
    unit_amount: Decimal
    quantity: Decimal
    seconds: Decimal
    of_seconds: Decimal
    coefficient: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class OpeningCreditStep:
    """Takes credit of an earlier subscription off a fixed line."""

    kind: ClassVar[str] = "opening_credit"
    before: Decimal
    credit: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class TrialStep:
    """Sets the amount to 0: the invoice that opens a trial shows its lines and charges nothing."""

    kind: ClassVar[str] = "trial"
    before: Decimal


LineStep = (
    UsageStep
    | FixedQuantityStep
    | PriceStep
    | BucketPriceStep
    | RoundStep
    | EntitlementStep
    | GrantStep
    | CommitmentStep
    | WindowCommitmentStep
    | SplitStep
    | ResetToBucketsStep
    | CumulativeStep
    | CumulativeOverageStep
    | TrueUpStep
    | ScaleStep
    | ProrationStep
    | OpeningCreditStep
    | TrialStep
    | GivenStep
)


@dataclass(frozen=True, slots=True)
class LineDerivation:
    """A line's figures and the steps that made them."""

    kind: ClassVar[str] = "line"
    quantity: Decimal
    amount: Decimal
    steps: tuple[LineStep, ...]


@dataclass(frozen=True, slots=True)
class CouponStep:
    """One coupon on a line (`line_index`) or on the running invoice amount (None).

    `is_kept`: lines were edited by hand since; `original` is what it was then.
    """

    kind: ClassVar[str] = "coupon"
    coupon_id: str
    type: str
    value: Decimal
    original: Decimal
    unrounded: Decimal
    discount: Decimal
    line_index: int | None
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class TaxStep:
    """One tax rate on the base; `is_kept`: lines were edited by hand since."""

    kind: ClassVar[str] = "tax"
    tax_rate_id: str
    type: str
    value: Decimal
    base: Decimal
    unrounded: Decimal
    tax: Decimal
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class WalletCreditStep:
    """What one wallet paid for one line; `is_kept`: lines were edited by hand since, None for a line that was removed."""

    kind: ClassVar[str] = "credit"
    wallet_id: str
    line_index: int | None
    amount: Decimal
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class InvoiceLineFigures:
    """A line's derivation beside what the invoice level did to it."""

    kind: ClassVar[str] = "invoice_line"
    display_name: str
    price_type: str
    derivation: LineDerivation
    line_item_discount: Decimal
    invoice_level_discount: Decimal
    prepaid_credits_applied: Decimal


@dataclass(frozen=True, slots=True)
class InvoiceDerivation:
    """A whole draft. `distributed` is false where invoice-level discounts are not spread over lines (previews).

    `given_subtotal`: what a one-off invoice's request says, whatever its lines add up to.
    """

    kind: ClassVar[str] = "invoice"
    currency: str
    places: int
    lines: tuple[InvoiceLineFigures, ...]
    coupons: tuple[CouponStep, ...]
    distributed: bool
    taxes: tuple[TaxStep, ...]
    credits: tuple[WalletCreditStep, ...]
    subtotal: Decimal
    total_discount: Decimal
    total_prepaid_credits_applied: Decimal
    total_tax: Decimal
    total: Decimal
    given_subtotal: Decimal | None = None


def to_plain(value: Any) -> Any:
    """JSON-able form: decimals as text, times as RFC 3339 UTC, each step with its `kind`."""
    if isinstance(value, Decimal):
        return to_text(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if is_dataclass(value):
        plain = {"kind": getattr(value, "kind", type(value).__name__)}
        plain.update({field.name: to_plain(getattr(value, field.name)) for field in fields(value)})
        return plain
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    return value
