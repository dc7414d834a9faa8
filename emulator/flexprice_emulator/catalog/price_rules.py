"""What a price must be before it is made (rating.md §2.2). No tier order, gap or open end is checked, as in the reference."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from flexprice_client.models.prices import CreatePriceRequest, CreatePriceTier
from flexprice_emulator.wire.errors import ValidationError

BILLING_MODELS = ("FLAT_FEE", "PACKAGE", "TIERED")
BILLING_PERIODS = ("MONTHLY", "ANNUAL", "WEEKLY", "DAILY", "QUARTERLY", "HALF_YEARLY", "ONETIME")
INVOICE_CADENCES = ("ARREAR", "ADVANCE")
ENTITY_TYPES = ("PLAN", "SUBSCRIPTION", "ADDON", "PRICE", "COSTSHEET")
PRICE_TYPES = ("USAGE", "FIXED")
PRICE_UNIT_TYPES = ("FIAT", "CUSTOM")
BILLING_TIERS = ("VOLUME", "SLAB")
ROUND_TYPES = ("up", "down")


def check(request: CreatePriceRequest) -> None:
    """Raises ValidationError for the first rule broken."""
    for rule in _RULES:
        rule(request)


def _enums(request: CreatePriceRequest) -> None:
    if request.billing_model not in BILLING_MODELS:
        raise ValidationError("Invalid billing model", {"allowed": list(BILLING_MODELS), "billing_model": request.billing_model})
    if request.billing_period not in BILLING_PERIODS:
        raise ValidationError("Invalid billing period", {"billing_period": request.billing_period})
    if request.type not in PRICE_TYPES:
        raise ValidationError("Invalid price type", {"allowed": list(PRICE_TYPES), "type": request.type})
    if request.invoice_cadence not in INVOICE_CADENCES:
        raise ValidationError("Invalid invoice cadence", {"allowed": list(INVOICE_CADENCES), "invoice_cadence": request.invoice_cadence})
    if request.price_unit_type and request.price_unit_type not in PRICE_UNIT_TYPES:
        raise ValidationError("Invalid price unit type", {"allowed": list(PRICE_UNIT_TYPES), "price_unit_type": request.price_unit_type})
    if request.entity_type not in ENTITY_TYPES:
        raise ValidationError("Invalid entity type", {"allowed": list(ENTITY_TYPES), "entity_type": request.entity_type})
    if request.tier_mode and request.tier_mode not in BILLING_TIERS:
        raise ValidationError("Invalid billing tier", {"allowed": list(BILLING_TIERS), "tier_mode": request.tier_mode})


def _period(request: CreatePriceRequest) -> None:
    if request.billing_period_count < 1:
        raise ValidationError("Billing period count must be greater than 0", {"billing_period_count": request.billing_period_count})


def _unit(request: CreatePriceRequest) -> None:
    custom = request.price_unit_type == "CUSTOM"
    if custom == (request.price_unit_config is not None):
        return
    details = {"has_price_unit_config": not custom, "price_unit_type": request.price_unit_type or "FIAT"}
    if custom:
        raise ValidationError("Price unit config must be provided when using custom pricing units", details)
    raise ValidationError("Price unit config can only be provided when using custom pricing units", details)


def _model(request: CreatePriceRequest) -> None:
    config = request.price_unit_config
    amount = config.amount if config else request.amount
    tiers = config.price_unit_tiers if config else request.tiers
    units = "custom" if config else "fiat"
    if request.billing_model == "TIERED":
        if not tiers:
            raise ValidationError("Price tiers are required to set up tiered pricing")
    elif amount is None:
        words = {"FLAT_FEE": "flat fee", "PACKAGE": "package"}[request.billing_model]
        raise ValidationError(f"Amount is required to set up {words} pricing with {units} pricing units")
    check_amount(request.amount)
    check_tiers(request.tiers)
    if config:
        check_amount(config.amount)
        check_tiers(config.price_unit_tiers)
    if request.billing_model == "PACKAGE":
        _package(request)


def _package(request: CreatePriceRequest) -> None:
    transform = request.transform_quantity
    if transform is None or transform.divide_by == 0:
        raise ValidationError("Please provide the number of units to set up package pricing")
    if transform.divide_by < 0:
        raise ValidationError("Please provide a positive number of units to set up package pricing", {"divide_by": transform.divide_by})
    if transform.round and transform.round not in ROUND_TYPES:
        raise ValidationError("Invalid rounding type", {"allowed": list(ROUND_TYPES), "round": transform.round})


def check_amount(amount: Decimal | None) -> None:
    """Raises ValidationError for a negative amount."""
    if amount is not None and amount < 0:
        raise ValidationError("Please provide a non-negative amount value", {"amount": amount})


def check_tiers(tiers: Sequence[CreatePriceTier] | None) -> None:
    """Raises ValidationError for a negative figure in a tier."""
    for tier in tiers or ():
        if tier.unit_amount < 0:
            raise ValidationError("Please provide a non-negative unit amount for each tier", {"unit_amount": tier.unit_amount})
        if tier.flat_amount is not None and tier.flat_amount < 0:
            raise ValidationError("Please provide a non-negative flat amount for each tier", {"flat_amount": tier.flat_amount})


def _usage(request: CreatePriceRequest) -> None:
    if request.type == "USAGE":
        if not request.meter_id:
            raise ValidationError("Please select a metered feature to set up usage pricing")
        if request.invoice_cadence != "ARREAR":
            raise ValidationError("Usage prices must be billed in arrears", {"invoice_cadence": request.invoice_cadence})
        if request.min_quantity is not None:
            raise ValidationError("Minimum quantity is only allowed for fixed prices", {"min_quantity": request.min_quantity})
    elif request.min_quantity is not None and request.min_quantity < 0:
        raise ValidationError("Please provide a non-negative minimum quantity", {"min_quantity": request.min_quantity})


def _once(request: CreatePriceRequest) -> None:
    if request.billing_period == "ONETIME" and request.invoice_cadence != "ADVANCE":
        raise ValidationError("One-time prices must be billed in advance", {"invoice_cadence": request.invoice_cadence})


def _trial(request: CreatePriceRequest) -> None:
    days = request.trial_period_days
    if days < 0:
        raise ValidationError("Trial period must not be negative", {"trial_period_days": days})
    if days and (request.type != "FIXED" or request.billing_period == "ONETIME"):
        raise ValidationError("Trial period is only allowed for recurring fixed prices", {"trial_period_days": days})


def _dates(request: CreatePriceRequest) -> None:
    if request.start_date and request.end_date and request.end_date < request.start_date:
        raise ValidationError("Start date must be before end date")


_RULES: tuple[Callable[[CreatePriceRequest], None], ...] = (_enums, _period, _unit, _model, _usage, _once, _trial, _dates)
