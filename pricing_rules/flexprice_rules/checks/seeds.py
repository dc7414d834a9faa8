"""Coupons, taxes, customers and wallets (invoices.md §7, §8; wallets.md §13)."""

from collections.abc import Iterator

from flexprice_rules.checks.meters import check_alerts
from flexprice_rules.exact import text
from flexprice_rules.issues import Issue, warning
from flexprice_rules.model import Coupon, Customer, PriceUnit, Rules, TaxAssociation, TaxRate, Wallet

_LENGTHS = {
    "name": 255,
    "contact": 20,
    "address_line1": 255,
    "address_line2": 255,
    "address_city": 100,
    "address_state": 100,
    "address_postal_code": 20,
}


def check_seeds(rules: Rules) -> Iterator[Issue]:
    """What the API refuses, or accepts and never honours."""
    units = {unit.code: unit for unit in rules.price_units}
    for coupon in rules.coupons:
        yield from _coupon(coupon)
    for rate in rules.tax_rates:
        yield from _tax_rate(rate)
    for customer in rules.customers:
        yield from _customer(customer)
    for link in rules.tax_associations:
        yield from _tax_association(link)
    for wallet in rules.wallets:
        yield from _wallet(wallet, units)


def _coupon(coupon: Coupon) -> Iterator[Issue]:
    if coupon.type == "fixed":
        if coupon.amount_off is None or coupon.amount_off <= 0:
            yield Issue(coupon.place_of("amount_off"), "a fixed coupon needs an amount_off above 0", coupon.coupon_code)
        if coupon.currency is None:
            yield Issue(coupon.place, "a fixed coupon needs a currency, or it applies to none", coupon.coupon_code)
        if coupon.percentage_off is not None:
            yield Issue(coupon.place_of("percentage_off"), "percentage_off goes with percentage coupons", text(coupon.percentage_off))
    else:
        if coupon.percentage_off is None or not 0 < coupon.percentage_off <= 100:
            yield Issue(
                coupon.place_of("percentage_off"), "a percentage coupon needs a percentage_off above 0, up to 100", coupon.coupon_code
            )
        if coupon.amount_off is not None or coupon.currency is not None:
            yield Issue(coupon.place, "amount_off and currency go with fixed coupons", coupon.coupon_code)
    if coupon.cadence == "repeated":
        if coupon.duration_in_periods is None or coupon.duration_in_periods < 1:
            yield Issue(
                coupon.place_of("duration_in_periods"), "a repeated coupon needs duration_in_periods of 1 or more", coupon.coupon_code
            )
    elif coupon.duration_in_periods is not None:
        yield Issue(coupon.place_of("duration_in_periods"), "goes with repeated coupons", str(coupon.duration_in_periods))
    if coupon.max_redemptions is not None and not 1 <= coupon.max_redemptions <= 1_000_000:
        yield Issue(coupon.place_of("max_redemptions"), "must be 1 to 1000000", str(coupon.max_redemptions))
    if coupon.max_redemptions == 1:
        yield warning(coupon.place_of("max_redemptions"), "a coupon with one redemption uses it up when attached and never discounts", "1")
    if coupon.redeem_after is not None and coupon.redeem_before is not None and coupon.redeem_after >= coupon.redeem_before:
        yield Issue(coupon.place_of("redeem_before"), "must be after redeem_after", coupon.redeem_before.isoformat())


def _tax_rate(rate: TaxRate) -> Iterator[Issue]:
    own, other = ("percentage_value", "fixed_value") if rate.tax_rate_type == "percentage" else ("fixed_value", "percentage_value")
    value = getattr(rate, own)
    if value is None:
        yield Issue(rate.place, f"a {rate.tax_rate_type} tax rate needs {own}", rate.code)
    elif value < 0 or (own == "percentage_value" and value > 100):
        yield Issue(rate.place_of(own), "must be 0 to 100" if own == "percentage_value" else "cannot be negative", text(value))
    if getattr(rate, other) is not None:
        yield Issue(rate.place_of(other), f"a {rate.tax_rate_type} tax rate has no {other}", rate.code)


def _customer(customer: Customer) -> Iterator[Issue]:
    for field, longest in _LENGTHS.items():
        value = getattr(customer, field)
        if value is not None and len(value) > longest:
            yield Issue(customer.place_of(field), f"{field} is longer than {longest} characters", value)


def _tax_association(link: TaxAssociation) -> Iterator[Issue]:
    if link.entity_type == "customer" and link.external_customer_id is None:
        yield Issue(link.place, "a customer's tax needs external_customer_id", link.tax_rate_code)
    if link.entity_type == "tenant" and link.external_customer_id is not None:
        yield Issue(link.place_of("external_customer_id"), "a tenant's tax names no customer", link.external_customer_id)
    if not link.auto_apply:
        yield warning(
            link.place_of("auto_apply"), "a tax that is not applied by itself is not charged on subscription invoices", link.tax_rate_code
        )


def _wallet(wallet: Wallet, units: dict[str, PriceUnit]) -> Iterator[Issue]:
    unit = units.get(wallet.price_unit or "")
    if unit is not None:
        if unit.base_currency != wallet.currency:
            message = f"must be the base currency of price unit {unit.code}, {unit.base_currency}"
            yield Issue(wallet.place_of("currency"), message, wallet.currency)
        if wallet.conversion_rate is not None:
            yield Issue(wallet.place_of("conversion_rate"), "the price unit sets the conversion_rate", text(wallet.conversion_rate))
    for field in ("conversion_rate", "topup_conversion_rate"):
        rate = getattr(wallet, field)
        if rate is not None and rate <= 0:
            yield Issue(wallet.place_of(field), "must be above 0", text(rate))
    if wallet.initial_credits_to_load is not None and wallet.initial_credits_to_load < 0:
        yield Issue(wallet.place_of("initial_credits_to_load"), "cannot be negative", text(wallet.initial_credits_to_load))
    if wallet.alert_settings is not None:
        yield from check_alerts(wallet.alert_settings)
    topup = wallet.auto_topup
    if topup is not None and topup.cooldown is not None and topup.cooldown.value < 1:
        yield Issue(topup.cooldown.place_of("value"), "must be 1 or more", str(topup.cooldown.value))
