"""What goes into an invoice draft and what comes out, in the API's names (invoices.md §3-4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from flexprice_emulator.rating.commitment.model import CommitmentInfo, LineCommitment, PriorInvoice
from flexprice_emulator.rating.credits import Wallet, WalletDebit
from flexprice_emulator.rating.decimals import ONE, ZERO
from flexprice_emulator.rating.derivation import InvoiceDerivation, LineDerivation
from flexprice_emulator.rating.discount.model import CouponApplication, CouponAssociation
from flexprice_emulator.rating.entitlement.model import AggregatedEntitlement, GrantWindow
from flexprice_emulator.rating.metering.model import Meter
from flexprice_emulator.rating.pricing.model import Price
from flexprice_emulator.rating.tax import TaxApplied, TaxRate
from flexprice_emulator.rating.usage import UsageSource

ReferencePoint = Literal["period_start", "period_end", "cancel", "preview", "internal_preview"]


@dataclass(frozen=True, slots=True)
class Subscription:
    """The terms of a subscription that decide amounts. All times UTC; `timezone` is an IANA name, "" is UTC."""

    id: str
    currency: str
    start_date: datetime
    billing_anchor: datetime
    current_period_start: datetime
    current_period_end: datetime
    customer_id: str = ""
    end_date: datetime | None = None
    billing_cycle: str = "anniversary"
    billing_period: str = "MONTHLY"
    billing_period_count: int = 1
    proration_behavior: str = "none"
    timezone: str = ""
    commitment_amount: Decimal | None = None
    commitment_duration: str | None = None
    overage_factor: Decimal = ONE
    enable_true_up: bool = False
    plan_display_name: str = ""


@dataclass(frozen=True, slots=True)
class LineItem:
    """A subscription line item: a price, a quantity and the dates it is active, [start_date, end_date).

    `price_unit_rate` is the custom unit's rate as it is now; the price keeps the rate of its creation.
    """

    id: str
    price: Price
    start_date: datetime
    end_date: datetime | None = None
    quantity: Decimal = ONE
    meter: Meter | None = None
    display_name: str = ""
    plan_display_name: str = ""
    meter_display_name: str = ""
    entity_id: str = ""
    entity_type: str = "plan"
    commitment: LineCommitment | None = None
    price_unit_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class InvoicedLine:
    """A line of another DRAFT or FINALIZED subscription invoice, for the already-invoiced filter."""

    price_id: str
    period_start: datetime
    period_end: datetime


@dataclass(frozen=True, slots=True)
class InvoiceRequest:
    """Everything an invoice is made of. Lists are in the reference's reading order: line items newest first.

    `customers` are external ids whose usage counts; `entitlements` and `grants` are keyed by meter id;
    `now` bounds the windows of windowed true-ups and validates coupons; `taxes` and `wallets` stay empty
    where the reference waits for finalization. `is_trial_start` zeroes the lines. `children` are grouped subscriptions billed along;
    each `follows` its parent's periods.
    """

    subscription: Subscription
    line_items: Sequence[LineItem]
    usage: UsageSource
    customers: Sequence[str]
    period_start: datetime
    period_end: datetime
    reference_point: ReferencePoint
    now: datetime
    entitlements: Mapping[str, AggregatedEntitlement] = field(default_factory=dict)
    grants: Mapping[str, Sequence[GrantWindow]] = field(default_factory=dict)
    invoiced_lines: Sequence[InvoicedLine] = ()
    prior_invoices: Sequence[PriorInvoice] = ()
    coupons: Sequence[CouponAssociation] = ()
    taxes: Sequence[TaxRate] = ()
    wallets: Sequence[Wallet] = ()
    opening_credit: Decimal = ZERO
    is_trial_start: bool = False
    hide_zero_charges_line_items: bool = False
    children: Sequence["InvoiceRequest"] = ()
    follows: Subscription | None = None


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line of a draft; `derivation` explains `quantity` and `amount` step by step."""

    display_name: str
    amount: Decimal
    quantity: Decimal
    currency: str
    price_type: str
    period_start: datetime
    period_end: datetime
    derivation: LineDerivation
    subscription_id: str = ""
    price_id: str | None = None
    meter_id: str | None = None
    meter_display_name: str | None = None
    entity_id: str | None = None
    entity_type: str | None = None
    plan_display_name: str | None = None
    price_unit: str | None = None
    price_unit_id: str | None = None
    price_unit_amount: Decimal | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    commitment_info: CommitmentInfo | None = None
    adjusted_entitlement_quantity: Decimal | None = None
    subscription_line_item_id: str | None = None
    line_item_discount: Decimal = ZERO
    invoice_level_discount: Decimal = ZERO
    prepaid_credits_applied: Decimal = ZERO

    @property
    def is_overage(self) -> bool:
        """Whether this is the half of a charge beyond a subscription-level commitment."""
        return self.metadata.get("is_overage") == "true"


@dataclass(frozen=True, slots=True)
class InvoiceDraft:
    """The figures of an invoice before it is stored.

    Invariant: total = max(0, subtotal - total_discount - total_prepaid_credits_applied) + total_tax.
    """

    currency: str
    period_start: datetime
    period_end: datetime
    line_items: tuple[InvoiceLine, ...]
    subtotal: Decimal
    total_discount: Decimal
    total_prepaid_credits_applied: Decimal
    total_tax: Decimal
    total: Decimal
    amount_due: Decimal
    description: str
    coupon_applications: tuple[CouponApplication, ...]
    taxes: tuple[TaxApplied, ...]
    wallet_debits: tuple[WalletDebit, ...]
    derivation: InvoiceDerivation
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class UsageCharge:
    """One row of `POST /subscriptions/usage`; an overage row carries its factor."""

    line_item: LineItem
    amount: Decimal
    quantity: Decimal
    period_start: datetime
    period_end: datetime
    derivation: LineDerivation
    is_overage: bool = False
    overage_factor: Decimal | None = None


@dataclass(frozen=True, slots=True)
class UsageCharges:
    """Gross usage of a window: no entitlements, no line commitments, with the subscription commitment split."""

    charges: tuple[UsageCharge, ...]
    amount: Decimal
    currency: str
    start_time: datetime
    end_time: datetime
    commitment_amount: Decimal | None
    overage_factor: Decimal | None
    commitment_utilized: Decimal
    overage_amount: Decimal
    has_overage: bool
