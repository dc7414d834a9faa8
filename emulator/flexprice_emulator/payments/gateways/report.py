"""What a provider tells of, in our words, whichever provider it is."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from flexprice_emulator.rating.decimals import currency_places

Kind = Literal["payment_succeeded", "payment_failed", "link_closed", "setup_succeeded", "setup_failed", "invoice_paid"]


@dataclass(frozen=True, slots=True)
class Report:
    """One thing that happened. `page_id` is the provider's session or link, `gateway_payment_id` its payment; money is in major units.

    `payment_id` and `customer_id` are ours, as the provider was given them; they are empty where it sends none.
    """

    kind: Kind
    payment_id: str = ""
    customer_id: str = ""
    page_id: str = ""
    gateway_payment_id: str = ""
    gateway_invoice_id: str = ""
    method_id: str = ""
    amount: Decimal | None = None
    currency: str = ""
    decline_code: str = ""
    reason: str = ""


def to_minor(amount: Decimal | None, currency: str) -> int:
    """Cents of a dollar amount, yen of a yen amount."""
    return 0 if amount is None else int(amount.scaleb(currency_places(currency)).to_integral_value())


def from_minor(value: object, currency: str) -> Decimal | None:
    """Inverse of to_minor; None for what is no whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return Decimal(value).scaleb(-currency_places(currency))
