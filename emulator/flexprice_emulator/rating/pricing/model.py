"""What a price is, in the API's names (rating.md §2.2)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

from flexprice_emulator.rating.decimals import ZERO

BillingModel = Literal["FLAT_FEE", "PACKAGE", "TIERED"]
BillingPeriod = Literal["DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "HALF_YEARLY", "ANNUAL", "ONETIME"]
InvoiceCadence = Literal["ADVANCE", "ARREAR"]
PriceType = Literal["USAGE", "FIXED"]

ONETIME: Final = "ONETIME"


@dataclass(frozen=True, slots=True)
class PriceTier:
    """`up_to` is inclusive, None is open-ended; `flat_amount` is charged once when the tier is entered."""

    up_to: int | None
    unit_amount: Decimal
    flat_amount: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class TransformQuantity:
    """Package size; `round` "down" floors the packages, anything else rounds them up."""

    divide_by: int
    round: str = "up"


@dataclass(frozen=True, slots=True)
class Price:
    """A price as rating reads it. Amounts are fiat of `currency`; `price_unit` is a custom unit's code.

    `billing_model` and `tier_mode` are the API's texts; an unknown tier_mode costs 0, as the reference has it.
    """

    id: str
    currency: str
    billing_model: str
    amount: Decimal = ZERO
    tier_mode: str = ""
    tiers: tuple[PriceTier, ...] = ()
    transform_quantity: TransformQuantity | None = None
    type: str = "USAGE"
    invoice_cadence: str = "ARREAR"
    billing_period: str = "MONTHLY"
    billing_period_count: int = 1
    meter_id: str | None = None
    display_name: str = ""
    min_quantity: Decimal | None = None
    trial_period_days: int = 0
    start_date: datetime | None = None
    end_date: datetime | None = None
    price_unit: str | None = None
    price_unit_id: str | None = None
    price_unit_amount: Decimal | None = None
    price_unit_tiers: tuple[PriceTier, ...] = ()
    conversion_rate: Decimal | None = None
    entity_type: str = ""
    entity_id: str = ""
    parent_price_id: str | None = None
