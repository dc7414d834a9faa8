"""How an invoice's totals came about, stored beside them: made where they are computed, brought in step by whatever changes them.

Each line row keeps its own steps; here stands what the invoice level did to each line, in the lines' order
(`rating.derivation.InvoiceDerivation` in plain form, lines without `derivation`). New values are assigned, never changed in place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from flexprice_emulator.invoices.tables import InvoiceLineItemRow, InvoiceRow
from flexprice_emulator.rating.credits import WalletDebit
from flexprice_emulator.rating.decimals import ZERO, currency_places, round_currency
from flexprice_emulator.rating.derivation import (
    CouponStep,
    GivenStep,
    InvoiceDerivation,
    LineDerivation,
    RoundStep,
    TaxStep,
    WalletCreditStep,
    to_plain,
)
from flexprice_emulator.rating.tax import TaxApplied
from flexprice_emulator.rating.totals import Totals

_TOTALS = ("subtotal", "total_discount", "total_prepaid_credits_applied", "total_tax", "total")


def given_line(quantity: Decimal, amount: Decimal, currency: str) -> dict[str, Any]:
    """The steps of a line that somebody wrote down: its figures, and the rounding of the amount."""
    rounded = round_currency(amount, currency)
    steps = (GivenStep(quantity, amount), RoundStep(amount, rounded, currency_places(currency)))
    plain: dict[str, Any] = to_plain(LineDerivation(quantity, rounded, steps))
    return plain


def nothing_yet(invoice: InvoiceRow) -> dict[str, Any]:
    """No lines, nothing taken off and nothing added."""
    zeros = dict.fromkeys(_TOTALS, ZERO)
    blank = InvoiceDerivation(
        currency=invoice.currency,
        places=currency_places(invoice.currency),
        lines=(),
        coupons=(),
        distributed=True,
        taxes=(),
        credits=(),
        **zeros,
    )
    plain: dict[str, Any] = to_plain(blank)
    return plain


def of_draft(draft: InvoiceDerivation) -> dict[str, Any]:
    """A computed draft's."""
    plain: dict[str, Any] = to_plain(replace(draft, lines=()))
    plain["lines"] = [to_plain(replace(line, derivation=_NO_STEPS)) for line in draft.lines]
    for line in plain["lines"]:
        del line["derivation"]
    return plain


def of_one_off(invoice: InvoiceRow, lines: Sequence[InvoiceLineItemRow], coupons: Sequence[CouponStep]) -> dict[str, Any]:
    """A one-off invoice's before credits and taxes: the subtotal is the request's."""
    given = {"coupons": to_plain(tuple(coupons)), "given_subtotal": to_plain(invoice.subtotal)}
    return {**nothing_yet(invoice), **_figures(invoice, lines), **given}


def settled(
    invoice: InvoiceRow,
    lines: Sequence[InvoiceLineItemRow],
    taxes: Sequence[TaxApplied],
    debits: Sequence[WalletDebit],
    totals: Totals,
) -> dict[str, Any]:
    """With the credits and taxes that finalizing brought. `totals` may have more digits than the invoice stores."""
    return {
        **(invoice.derivation or nothing_yet(invoice)),
        **_figures(totals, lines),
        "taxes": [to_plain(TaxStep(t.tax_rate_id, t.tax_rate_type, t.value, t.taxable_amount, t.unrounded, t.tax_amount)) for t in taxes],
        "credits": [to_plain(WalletCreditStep(debit.wallet_id, debit.line_index, debit.amount)) for debit in debits],
    }


def edited(invoice: InvoiceRow, before: Sequence[InvoiceLineItemRow], after: Sequence[InvoiceLineItemRow]) -> dict[str, Any]:
    """After lines were changed, added or removed by hand: discounts, credits and taxes stay as they were."""
    held = invoice.derivation or nothing_yet(invoice)
    place = {row.id: index for index, row in enumerate(after)}

    def kept(step: Mapping[str, Any]) -> dict[str, Any]:
        moved = {**step, "is_kept": True}
        if step.get("line_index") is not None:
            moved["line_index"] = place.get(before[step["line_index"]].id)
        return moved

    steps = {name: [kept(step) for step in held[name]] for name in ("coupons", "taxes", "credits")}
    return {**held, **_figures(invoice, after), **steps, "given_subtotal": None}


def _figures(totals: InvoiceRow | Totals, lines: Sequence[InvoiceLineItemRow]) -> dict[str, Any]:
    """What the lines and the totals say now."""
    shown = [
        {
            "kind": "invoice_line",
            "display_name": line.display_name or "",
            "price_type": line.price_type or "",
            "line_item_discount": to_plain(line.line_item_discount),
            "invoice_level_discount": to_plain(line.invoice_level_discount),
            "prepaid_credits_applied": to_plain(line.prepaid_credits_applied),
        }
        for line in lines
    ]
    return {"lines": shown, **{name: to_plain(getattr(totals, name)) for name in _TOTALS}}


_NO_STEPS = LineDerivation(ZERO, ZERO, ())
