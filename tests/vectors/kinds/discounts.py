"""Vector kinds of coupons, taxes, wallet credits and totals."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flexprice_emulator.rating.credits import CreditableLine, Wallet, apply_credits, credits_by_line
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.rating.discount.coupon import apply_coupon
from flexprice_emulator.rating.discount.distribute import distribute_discount
from flexprice_emulator.rating.discount.model import Coupon, CouponAssociation
from flexprice_emulator.rating.invoice.discounts import discount_lines
from flexprice_emulator.rating.tax import TaxRate, apply_taxes, tax_base, total_tax
from flexprice_emulator.rating.totals import Totals, invoice_totals
from tests.vectors.kinds.reading import figures, maybe_number, number

TOTAL_KEYS = {
    "currency", "lines", "coupon", "coupons", "wallet_balances", "credits", "rates", "taxes",
    "subtotal", "total_discount", "discount", "prepaid", "total_tax", "tax",
}  # fmt: skip


def coupon_of(spec: Mapping[str, Any]) -> Coupon:
    """A coupon: {type, percentage_off or amount_off}."""
    return Coupon(
        "coupon", spec["type"], amount_off=maybe_number(spec.get("amount_off")), percentage_off=maybe_number(spec.get("percentage_off"))
    )


def rate_of(spec: Mapping[str, Any], index: int) -> TaxRate:
    """A tax rate: {type, percentage or fixed}."""
    return TaxRate(f"rate{index}", spec["type"], maybe_number(spec.get("percentage")), maybe_number(spec.get("fixed")))


def run_coupon(case: Mapping[str, Any]) -> None:
    """One coupon on one amount."""
    given = case["input"]
    taken = apply_coupon(coupon_of(given), number(given["amount"]), given["currency"])
    figures(case["expected"], {"discount": taken.discount, "final": taken.final})


def run_distribute(case: Mapping[str, Any]) -> None:
    """An invoice-level discount over lines."""
    given = case["input"]
    left = [number(line["amount"]) - number(line.get("line_discount")) for line in given["lines"]]
    shares = distribute_discount(left, number(given["discount"]), given["currency"])
    figures(case["expected"], {"invoice_level_discounts": list(shares)})


def run_tax(case: Mapping[str, Any]) -> None:
    """Rates on subtotal less discount."""
    given = case["input"]
    base = tax_base(number(given["subtotal"]), number(given.get("total_discount")))
    taxes = apply_taxes(base, [rate_of(rate, index) for index, rate in enumerate(given["rates"])], given["currency"])
    figures(case["expected"], {"taxes": [tax.tax_amount for tax in taxes], "total_tax": total_tax(taxes)})


def run_credits(case: Mapping[str, Any]) -> None:
    """Prepaid wallets w0, w1, ... over lines."""
    given = case["input"]
    lines = [
        CreditableLine(
            line["price_type"], number(line["amount"]) - number(line.get("line_discount")) - number(line.get("invoice_level_discount"))
        )
        for line in given["lines"]
    ]
    wallets = [Wallet(f"w{index}", number(balance)) for index, balance in enumerate(given["wallet_balances"])]
    debits = apply_credits(lines, wallets, given["currency"])
    by_wallet: dict[str, Decimal] = {}
    for debit in debits:
        by_wallet[debit.wallet_id] = by_wallet.get(debit.wallet_id, ZERO) + debit.amount
    figures(case["expected"], {"applied": list(credits_by_line(debits, len(lines))), "debits": by_wallet})


def run_total(case: Mapping[str, Any]) -> None:
    """Discounts, then credits, then tax: from lines, or from ready sums where the case gives a subtotal."""
    given = case["input"]
    unknown = set(given) - TOTAL_KEYS
    assert not unknown, f"the runner does not know {sorted(unknown)}"
    totals = _totals_of_sums(given) if "subtotal" in given else _totals_of_lines(given)
    figures(
        case["expected"],
        {
            "subtotal": totals.subtotal,
            "discount": totals.total_discount,
            "total_discount": totals.total_discount,
            "credits": totals.total_prepaid_credits_applied,
            "prepaid": totals.total_prepaid_credits_applied,
            "total_prepaid_credits_applied": totals.total_prepaid_credits_applied,
            "tax": totals.total_tax,
            "total_tax": totals.total_tax,
            "total": totals.total,
            "amount_due": totals.total,
        },
    )


def _rates(given: Mapping[str, Any]) -> list[TaxRate]:
    return [rate_of(rate, index) for index, rate in enumerate(given.get("rates") or given.get("taxes") or ())]


def _totals_of_sums(given: Mapping[str, Any]) -> Totals:
    subtotal, discount = number(given["subtotal"]), number(given.get("total_discount", given.get("discount")))
    taxes = apply_taxes(tax_base(subtotal, discount), _rates(given), given.get("currency", "usd"))
    tax = total_tax(taxes) if taxes else number(given.get("total_tax", given.get("tax")))
    return invoice_totals(subtotal, discount, number(given.get("prepaid", given.get("credits"))), tax)


def _totals_of_lines(given: Mapping[str, Any]) -> Totals:
    currency = given.get("currency", "usd")
    amounts = [number(line["amount"]) for line in given["lines"]]
    coupons = [coupon_of(spec) for spec in given.get("coupons") or ([given["coupon"]] if given.get("coupon") else [])]
    attached = [CouponAssociation(str(index), coupon, datetime.min.replace(tzinfo=UTC)) for index, coupon in enumerate(coupons)]
    discounts = discount_lines(amounts, [None] * len(amounts), attached, currency)
    balances = given.get("wallet_balances") or ([given["credits"]] if given.get("credits") else [])
    wallets = [Wallet(f"w{index}", number(balance)) for index, balance in enumerate(balances)]
    payable = [
        CreditableLine(line["price_type"], amount - share)
        for line, amount, share in zip(given["lines"], amounts, discounts.invoice_level_discounts, strict=True)
    ]
    prepaid = sum((debit.amount for debit in apply_credits(payable, wallets, currency)), ZERO)
    subtotal = sum(amounts, ZERO)
    taxes = apply_taxes(tax_base(subtotal, discounts.total), _rates(given), currency)
    return invoice_totals(subtotal, discounts.total, prepaid, total_tax(taxes))


KINDS: dict[str, Callable[[Mapping[str, Any]], None]] = {
    "coupon": run_coupon,
    "distribute_discount": run_distribute,
    "tax": run_tax,
    "wallet_credits": run_credits,
    "invoice_total": run_total,
}
