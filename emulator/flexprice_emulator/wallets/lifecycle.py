"""Wallets: opening, changing, closing, converting (wallets.md §2, §6)."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from flexprice_client.models.alert_thresholds import AlertSettings
from flexprice_client.models.base import Metadata
from flexprice_client.models.wallets import AutoTopup, CreateWalletRequest, TopUpWalletRequest, UpdateWalletRequest, WalletConfig
from flexprice_emulator.catalog.price_units import get_row_by_code as price_unit_by_code
from flexprice_emulator.customers.service import get_row_by_external_id
from flexprice_emulator.invoices.keys import generated_key
from flexprice_emulator.rating.decimals import ONE, ZERO, round_places
from flexprice_emulator.wallets import auto_topup, operations
from flexprice_emulator.wallets.ledger import Credit, Debit
from flexprice_emulator.wallets.tables import WalletRow
from flexprice_emulator.wallets.thresholds import OK, check_alert_settings
from flexprice_emulator.wallets.topup import top_up
from flexprice_emulator.wallets.waiting import wallet_changed
from flexprice_emulator.wire.errors import AlreadyExistsError, InvalidOperationError, NotFoundError, ValidationError
from flexprice_emulator.workspace.context import Context

PREPAID, POSTPAID = "PRE_PAID", "POST_PAID"
TYPES = (PREPAID, POSTPAID)
PRICE_TYPES = ("ALL", "USAGE", "FIXED")
_ALLOWED_AT_FIRST = {PREPAID: ["USAGE"], POSTPAID: ["ALL"]}
# What the reference's columns hold.
_RATE_PLACES, _RATES_BELOW = 5, Decimal(10) ** 5
_LABELS = {PREPAID: "Prepaid Wallet", POSTPAID: "Postpaid Wallet"}


def get_row(ctx: Context, wallet_id: str) -> WalletRow:
    """A wallet in any status. Raises NotFoundError."""
    row = ctx.session.get(WalletRow, wallet_id)
    if row is None:
        raise NotFoundError("Wallet not found", {"wallet_id": wallet_id})
    return row


def active_wallets(ctx: Context, customer_id: str, currency: str = "", wallet_type: str = "") -> list[WalletRow]:
    """A customer's active wallets, oldest first; of one currency (any case) and type where given."""
    query = select(WalletRow).where(
        WalletRow.customer_id == customer_id, WalletRow.wallet_status == "active", WalletRow.status == "published"
    )
    if currency:
        query = query.where(WalletRow.currency == currency.lower())
    if wallet_type:
        query = query.where(WalletRow.wallet_type == wallet_type)
    return list(ctx.session.scalars(query.order_by(WalletRow.created_at, WalletRow.id)))


def create(ctx: Context, request: CreateWalletRequest) -> WalletRow:
    """Open a wallet, with its initial credits.

    Raises ValidationError for the request, NotFoundError for customer or price unit, AlreadyExistsError for a second active one.
    """
    currency, rate = request.currency, request.conversion_rate
    if request.price_unit:
        unit = price_unit_by_code(ctx, request.price_unit)
        currency, rate = unit.base_currency, unit.conversion_rate
    _check(ctx, request, currency, rate)
    customer_id = request.customer_id or get_row_by_external_id(ctx, request.external_customer_id).id
    row = open_wallet(
        ctx,
        customer_id,
        currency,
        request.wallet_type or PREPAID,
        conversion_rate=rate or ONE,
        topup_conversion_rate=request.topup_conversion_rate,
        description=request.description,
        metadata=request.metadata,
        auto_topup_settings=_dumped(request.auto_topup),
        alert_settings=stored_alerts(request.alert_settings),
    )
    if request.initial_credits_to_load is not None and request.initial_credits_to_load > ZERO:
        wanted = TopUpWalletRequest.model_construct(
            credits_to_add=request.initial_credits_to_load,
            transaction_reason="FREE_CREDIT_GRANT",
            expiry_date_utc=request.initial_credits_expiry_date_utc or _day(request.initial_credits_to_load_expiry_date),
        )
        top_up(ctx, row, wanted)
    ctx.emit("wallet.created", wallet_id=row.id)
    return row


def open_wallet(
    ctx: Context,
    customer_id: str,
    currency: str,
    wallet_type: str = PREPAID,
    *,
    conversion_rate: Decimal = ONE,
    topup_conversion_rate: Decimal | None = None,
    name: str = "",
    description: str = "",
    metadata: Metadata | None = None,
    auto_topup_settings: dict[str, Any] | None = None,
    alert_settings: dict[str, Any] | None = None,
) -> WalletRow:
    """An empty wallet, without its event. Raises AlreadyExistsError for a second active one of a currency and type."""
    held = active_wallets(ctx, customer_id, currency, wallet_type)
    if held:
        raise AlreadyExistsError(
            "A customer can only have one active wallet per currency and wallet type",
            {"currency": currency.lower(), "customer_id": customer_id, "wallet_id": held[0].id, "wallet_type": wallet_type},
        )
    rate = round_places(conversion_rate, _RATE_PLACES)
    return ctx.add(
        WalletRow(
            id=ctx.new_id("wallet"),
            customer_id=customer_id,
            currency=currency.lower(),
            name=name or f"{_LABELS[wallet_type]} - {currency.upper()}",
            description=description,
            metadata_=metadata,
            balance=ZERO,
            credit_balance=ZERO,
            wallet_status="active",
            wallet_type=wallet_type,
            config={"allowed_price_types": list(_ALLOWED_AT_FIRST[wallet_type])},
            conversion_rate=rate,
            topup_conversion_rate=rate if topup_conversion_rate is None else round_places(topup_conversion_rate, _RATE_PLACES),
            auto_topup=auto_topup_settings,
            alert_settings=alert_settings,
            alert_state=OK,
            **ctx.stamp(),
        )
    )


def update(ctx: Context, row: WalletRow, request: UpdateWalletRequest) -> WalletRow:
    """Change what is given; empty name and description change nothing. Raises ValidationError for config and cooldown.

    Neither alert settings nor the completeness of auto top-up are checked here, as in the reference.
    """
    row.name = request.name or row.name
    row.description = request.description or row.description
    if request.metadata is not None:
        row.metadata_ = request.metadata
    if request.config is not None:
        row.config = _config(request.config)
    if request.auto_topup is not None:
        row.auto_topup = _merged(row.auto_topup, request.auto_topup)
    if request.alert_settings is not None:
        row.alert_settings = stored_alerts(request.alert_settings)
        if not request.alert_settings.alert_enabled:
            row.alert_state = OK
    ctx.touch(row)
    ctx.session.flush()
    ctx.emit("wallet.updated", wallet_id=row.id)
    return row


def terminate(ctx: Context, row: WalletRow) -> None:
    """Drain and close. Raises InvalidOperationError for a closed wallet, and where expired credits are not swept yet."""
    if row.wallet_status == "closed":
        raise InvalidOperationError("Wallet is already terminated")
    if row.credit_balance > ZERO:
        operations.debit(
            ctx,
            row,
            Debit(
                "WALLET_TERMINATION",
                row.credit_balance,
                description="Wallet termination - remaining balance debit",
                idempotency_key=row.id,
            ),
        )
    _close(ctx, row)


def convert(ctx: Context, row: WalletRow, modification_type: str) -> WalletRow:
    """Close a prepaid wallet and open a postpaid one with its credits, which lose origin, expiry and priority.

    Raises ValidationError for another modification, InvalidOperationError for the wallet, AlreadyExistsError beside a postpaid one.
    """
    if modification_type != "prepaid_to_postpaid":
        raise ValidationError("Invalid wallet modification request")
    if row.wallet_status != "active":
        raise InvalidOperationError("Only active wallets can be converted")
    if row.wallet_type != PREPAID:
        raise InvalidOperationError("Only prepaid wallets can be converted to postpaid")
    held = active_wallets(ctx, row.customer_id, row.currency, POSTPAID)
    if held:
        details = {"currency": row.currency, "customer_id": row.customer_id, "wallet_id": held[0].id}
        raise AlreadyExistsError("A customer can only have one active postpaid wallet per currency", details)
    moved = row.credit_balance
    if moved > ZERO:
        debit = Debit(
            "WALLET_TERMINATION",
            moved,
            description="Wallet conversion - prepaid to postpaid",
            idempotency_key=f"{row.id}_conversion_debit",
        )
        operations.debit(ctx, row, debit)
    new = open_wallet(
        ctx,
        row.customer_id,
        row.currency,
        POSTPAID,
        conversion_rate=row.conversion_rate,
        topup_conversion_rate=row.topup_conversion_rate,
        description=f"Converted from prepaid wallet {row.id}",
        metadata={"converted_from": row.id},
        auto_topup_settings=row.auto_topup,
        alert_settings=row.alert_settings,
    )
    if moved > ZERO:
        key = generated_key("credit_grant", wallet_id=new.id, converted_from=row.id)
        transferred = f"Credits transferred from prepaid wallet {row.id}"
        operations.credit(
            ctx, new, Credit(moved, "FREE_CREDIT_GRANT", reference_type="REQUEST", idempotency_key=key, description=transferred)
        )
    _close(ctx, row)
    ctx.emit("wallet.created", wallet_id=new.id)
    return new


def stored_alerts(settings: AlertSettings | None) -> dict[str, Any] | None:
    """Alert settings as they are kept: none at all where there is no threshold, whatever `alert_enabled` says."""
    if settings is None or not (settings.critical or settings.warning or settings.info):
        return None
    held = settings.model_dump(mode="json")
    return {name: held.get(name) for name in ("critical", "warning", "info", "alert_enabled")}


def _check(ctx: Context, request: CreateWalletRequest, currency: str, rate: Decimal | None) -> None:
    if not request.customer_id and not request.external_customer_id:
        raise ValidationError("Please provide either customer_id or external_customer_id")
    for name in ("customer_id", "external_customer_id"):
        text = getattr(request, name)
        if "%" in text or " " in text or (name == "customer_id" and text != text.strip("_")):
            raise ValidationError(f"Please provide a valid {name}", {name: text})
    if len(currency) != 3:
        raise ValidationError("Currency code must be 3 characters long")
    if request.wallet_type and request.wallet_type not in TYPES:
        raise ValidationError("Invalid wallet type", {"allowed": list(TYPES), "type": request.wallet_type})
    _check_rate("conversion_rate", rate or None)
    _check_rate("topup_conversion_rate", request.topup_conversion_rate)
    if request.initial_credits_expiry_date_utc is not None and request.initial_credits_expiry_date_utc < ctx.now:
        raise ValidationError("Expiry date must be in the future")
    if request.auto_topup is not None:
        auto_topup.check(request.auto_topup)
    if request.alert_settings is not None:
        check_alert_settings(request.alert_settings)


def _check_rate(name: str, rate: Decimal | None) -> None:
    words = name.replace("_", " ").capitalize()
    if rate is not None and round_places(rate, _RATE_PLACES) <= ZERO:
        raise ValidationError(f"{words} must be a positive value", {name: rate})
    if rate is not None and round_places(rate, _RATE_PLACES) >= _RATES_BELOW:
        raise ValidationError(f"{words} must be less than {_RATES_BELOW}", {name: rate})


def _day(number: int | None) -> datetime | None:
    """Midnight UTC at the start of a day given as YYYYMMDD."""
    if not number:
        return None
    try:
        return datetime(number // 10_000, number // 100 % 100, number % 100, tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ValidationError("Please provide a valid expiry date in YYYYMMDD format") from None


def _config(config: WalletConfig) -> dict[str, Any]:
    for price_type in config.allowed_price_types or ():
        if price_type not in PRICE_TYPES:
            raise ValidationError("Invalid price type", {"allowed": list(PRICE_TYPES), "type": price_type})
    return {"allowed_price_types": config.allowed_price_types}


def _dumped(settings: AutoTopup | None) -> dict[str, Any] | None:
    return settings.model_dump(mode="json") if settings is not None else None


def _merged(held: dict[str, Any] | None, given: AutoTopup) -> dict[str, Any]:
    merged = {**(held or {}), **given.model_dump(mode="json")}
    if given.cooldown is not None:
        if given.cooldown.value == 0:
            merged.pop("cooldown")
        else:
            auto_topup.check_cooldown(given.cooldown)
    return merged


def _close(ctx: Context, row: WalletRow) -> None:
    row.wallet_status = "closed"
    ctx.touch(row)
    wallet_changed(ctx, row)
    ctx.session.flush()
    ctx.emit("wallet.terminated", wallet_id=row.id)
