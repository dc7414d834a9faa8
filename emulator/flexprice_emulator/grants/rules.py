"""What a credit grant must be (wallets.md §13.2)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from flexprice_client.models.credit_grants import CreateCreditGrantRequest
from flexprice_emulator.grants.tables import CreditGrantRow
from flexprice_emulator.rating.decimals import ZERO, round_places
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.wire.errors import ValidationError

SCOPES = ("PLAN", "SUBSCRIPTION", "ADDON")
CADENCES = ("ONETIME", "RECURRING")
PERIODS = ("DAILY", "WEEKLY", "MONTHLY", "ANNUAL", "QUARTERLY", "HALF_YEARLY")
EXPIRATION_TYPES = ("NEVER", "DURATION", "BILLING_CYCLE")
DURATION_UNITS = ("DAY", "WEEK", "MONTH", "YEAR")
_OWNERS = {"PLAN": ("plan_id", "plan ID"), "SUBSCRIPTION": ("subscription_id", "subscription ID"), "ADDON": ("addon_id", "addon ID")}
_CREDIT_PLACES, _RATE_PLACES = 8, 5
# What the columns of the reference hold.
_LARGEST = 2**31 - 1
_CREDITS_BELOW, _RATES_BELOW = Decimal(10) ** 12, Decimal(10) ** 5


class Terms(Protocol):
    """The part of a request that says how much, when and how long."""

    @property
    def credits(self) -> Decimal: ...
    @property
    def cadence(self) -> str: ...
    @property
    def period(self) -> str | None: ...
    @property
    def period_count(self) -> int | None: ...
    @property
    def expiration_type(self) -> str | None: ...
    @property
    def expiration_duration(self) -> int | None: ...
    @property
    def expiration_duration_unit(self) -> str | None: ...
    @property
    def priority(self) -> int | None: ...
    @property
    def conversion_rate(self) -> Decimal | None: ...
    @property
    def topup_conversion_rate(self) -> Decimal | None: ...


def check_create(request: CreateCreditGrantRequest) -> None:
    """Raises ValidationError for a request that is wrong whatever it is for."""
    _one_of("scope", request.scope, SCOPES)
    field, words = _OWNERS[request.scope]
    if not getattr(request, field):
        raise ValidationError(f"Please provide a valid {words}", {"scope": request.scope})
    check_terms(request)
    if request.scope == "SUBSCRIPTION":
        if request.start_date is None:
            raise ValidationError("Please provide a start date for the credit grant", {"scope": request.scope})
        if request.end_date is not None and request.end_date < request.start_date:
            raise ValidationError(
                "Credit grant end date cannot be before start date", {"end_date": request.end_date, "start_date": request.start_date}
            )
    elif request.start_date is not None or request.end_date is not None:
        raise ValidationError(f"Start date and end date are not allowed for {request.scope}-scoped grants", {"scope": request.scope})


def check_terms(terms: Terms) -> None:
    """Raises ValidationError for what is incomplete or impossible."""
    if terms.credits >= _CREDITS_BELOW:
        raise ValidationError(f"Credits must be less than {_CREDITS_BELOW}", {"credits": terms.credits})
    if round_places(terms.credits, _CREDIT_PLACES) <= ZERO:
        raise ValidationError("Please provide a positive credits", {"credits": terms.credits})
    _one_of("cadence", terms.cadence, CADENCES)
    _one_of("expiry type", terms.expiration_type or "", EXPIRATION_TYPES)
    if terms.cadence == "RECURRING":
        if not terms.period:
            raise ValidationError("Please provide a valid period (e.g., MONTHLY, YEARLY)", {"cadence": terms.cadence})
        _one_of("period", terms.period, PERIODS)
        if not terms.period_count or terms.period_count < 0:
            raise ValidationError("Please provide a valid period_count", {"cadence": terms.cadence})
    if terms.expiration_type == "DURATION":
        details = {"expiration_type": terms.expiration_type}
        if not terms.expiration_duration_unit:
            raise ValidationError("Please provide a valid expiration duration unit", details)
        _one_of("expiry duration unit", terms.expiration_duration_unit, DURATION_UNITS)
        if not terms.expiration_duration or terms.expiration_duration < 0:
            raise ValidationError("Please provide a valid expiration duration", details)
    _positive("conversion_rate", terms.conversion_rate)
    _positive("topup_conversion_rate", terms.topup_conversion_rate)
    if any(abs(number or 0) > _LARGEST for number in (terms.period_count, terms.expiration_duration, terms.priority)):
        raise ValidationError("Invalid request format")


def check_subscription(request: CreateCreditGrantRequest, subscription: SubscriptionRow) -> None:
    """Raises ValidationError for a cancelled subscription, and for dates outside of it."""
    if subscription.subscription_status == "cancelled":
        raise ValidationError("Subscription is cancelled", {"subscription_id": subscription.id})
    if request.start_date is not None and request.start_date < subscription.start_date:
        _refuse_date("start", request.start_date, "before", "start", subscription.start_date)
    if request.end_date is not None and subscription.end_date is not None and request.end_date > subscription.end_date:
        _refuse_date("end", request.end_date, "after", "end", subscription.end_date)


def check_same_rates(request: CreateCreditGrantRequest, others: Iterable[CreditGrantRow], word: str) -> None:
    """Raises ValidationError unless both rates are those of the owner's other grants; none equals only none."""
    for other in others:
        if any(stored_rate(getattr(request, name)) != getattr(other, name) for name in ("conversion_rate", "topup_conversion_rate")):
            article = "an" if word == "addon" else "a"
            raise ValidationError(f"All credit grants for {article} {word} must have the same conversion rates")


def stored_rate(rate: Decimal | None) -> Decimal | None:
    """A rate as the columns hold it."""
    return None if rate is None else round_places(rate, _RATE_PLACES)


def _one_of(words: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise ValidationError(f"Credit grant {words} must be one of: [{' '.join(allowed)}]")


def _positive(name: str, rate: Decimal | None) -> None:
    if rate is not None and rate >= _RATES_BELOW:
        raise ValidationError(f"{name.replace('_', ' ').capitalize()} must be less than {_RATES_BELOW}", {name: rate})
    if rate is not None and round_places(rate, _RATE_PLACES) <= ZERO:
        raise ValidationError(f"Please provide a positive {name.replace('_', ' ')}", {name: rate})


def _refuse_date(which: str, given: datetime, relation: str, bound: str, limit: datetime) -> None:
    raise ValidationError(
        f"Credit grant {which} date cannot be {relation} subscription {bound} date",
        {f"credit_grant_{which}_date": given, f"subscription_{bound}_date": limit},
    )
