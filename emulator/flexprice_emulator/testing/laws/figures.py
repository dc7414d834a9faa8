"""Laws of one invoice's figures, and of invoice numbers."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal

from flexprice_emulator.testing.laws.base import ZERO, Json, Quirk, Violation, broken, identity, of, time

# Decimal places of the currencies that do not have two (rating.md §0).
_PLACES = {"jpy": 0, "vnd": 0, "krw": 0, "clp": 0, "kwd": 3, "clf": 4}


def totals(invoice: Json) -> Iterator[Violation]:
    """subtotal = Σ lines; total = max(0, subtotal − discounts − prepaid credits) + tax; due = total − adjustments (invoices.md §6).

    Discounts and credits of the lines add up to the invoice's; of discounts lines may miss cents that fit on none.
    """
    lines = invoice.get("line_items") or []
    subtotal, discount, prepaid, tax, total = (
        of(invoice, name) for name in ("subtotal", "total_discount", "total_prepaid_credits_applied", "total_tax", "total")
    )
    if invoice["invoice_status"] == "SKIPPED":
        if subtotal:
            yield broken("totals", invoice, f"skipped with a subtotal of {subtotal}")
        return
    if lines and subtotal != sum(of(line, "amount") for line in lines):
        yield broken("totals", invoice, f"subtotal {subtotal} is not the sum of its lines")
    if total != max(ZERO, subtotal - discount - prepaid) + tax:
        yield broken("totals", invoice, f"total {total} is not {subtotal} − {discount} − {prepaid} + {tax}")
    if prepaid != sum(of(line, "prepaid_credits_applied") for line in lines):
        yield broken("totals", invoice, f"prepaid credits {prepaid} are not those of the lines")
    on_lines = sum((of(line, "line_item_discount") + of(line, "invoice_level_discount") for line in lines), ZERO)
    if discount != on_lines:
        yield Violation(
            "totals", identity(invoice), f"discount {discount}, on lines {on_lines}", Quirk.EXCESS if discount > on_lines else ""
        )
    due, adjusted = of(invoice, "amount_due"), of(invoice, "adjustment_amount")
    if invoice["invoice_status"] != "VOIDED" and due != total - adjusted:
        forgotten = due == total and tax > ZERO and invoice["invoice_type"] == "SUBSCRIPTION"
        yield Violation(
            "totals", identity(invoice), f"due {due} of total {total}, adjusted {adjusted}", Quirk.FORGOTTEN if forgotten else ""
        )


def settlement(invoice: Json) -> Iterator[Violation]:
    """amount_paid + amount_remaining = amount_due; what is overpaid leaves nothing to pay (invoices.md §9)."""
    due, paid, remaining = (of(invoice, name) for name in ("amount_due", "amount_paid", "amount_remaining"))
    if remaining < ZERO:
        yield broken("settlement", invoice, f"remaining {remaining}")
    if paid + remaining != due:
        overpaid = paid > due and remaining == ZERO
        yield Violation(
            "settlement", identity(invoice), f"paid {paid}, remaining {remaining}, due {due}", Quirk.OVERPAID if overpaid else ""
        )
    if invoice["payment_status"] == "SUCCEEDED" and remaining:
        yield Violation("settlement", identity(invoice), f"SUCCEEDED with {remaining} remaining", Quirk.PART_PAID)


def taxes(invoice: Json, rates: Mapping[str, Json]) -> Iterator[Violation]:
    """Each tax is its rate of subtotal − discounts, rounded alone, and they add up to total_tax (invoices.md §8).

    Needs the `taxes` of `GET /invoices/{id}`; `rates` by id, as the API shows them. Only what is final has taxes.
    """
    if invoice["invoice_status"] != "FINALIZED" or invoice["invoice_type"] != "SUBSCRIPTION":
        return
    base = max(of(invoice, "subtotal") - of(invoice, "total_discount"), ZERO)
    applied = invoice.get("taxes") or []
    for tax in applied:
        rate = rates[tax["tax_rate_id"]]
        percentage = rate["tax_rate_type"] == "percentage"
        wanted = _rounded(base * of(rate, "percentage_value") / 100 if percentage else of(rate, "fixed_value"), invoice["currency"])
        if of(tax, "taxable_amount") != base or of(tax, "tax_amount") != wanted:
            yield broken("taxes", invoice, f"{rate['code']} of {base} is {wanted}, not {tax['tax_amount']} of {tax['taxable_amount']}")
    if of(invoice, "total_tax") != sum(of(tax, "tax_amount") for tax in applied):
        yield broken("taxes", invoice, f"total_tax {invoice['total_tax']} is not the sum of its taxes")


def discounts(invoice: Json, associations: Mapping[str, Json]) -> Iterator[Violation]:
    """Line coupons come off the line's gross amount; then the invoice's, one after another in the order of (start_date, id), each
    off what the others left (invoices.md §7). Needs `coupon_applications` (expand); `associations` of coupons by id."""
    applications = invoice.get("coupon_applications") or []
    if (
        invoice["invoice_type"] != "SUBSCRIPTION"
        or invoice["invoice_status"] not in ("DRAFT", "FINALIZED")
        or invoice["is_manually_edited"]
    ):
        return
    lines = {line["id"]: line for line in invoice.get("line_items") or []}
    on_lines = [one for one in applications if one.get("invoice_line_item_id")]
    for one in on_lines:
        line = lines[one["invoice_line_item_id"]]
        if of(one, "original_price") != of(line, "amount"):
            yield broken("discounts", invoice, f"a coupon takes {one['original_price']} for the price of a line of {line['amount']}")
    left = of(invoice, "subtotal") - sum((of(one, "discounted_amount") for one in on_lines), ZERO)
    whole = [one for one in applications if not one.get("invoice_line_item_id")]
    order = [(time(associations[key]["start_date"]), key) for key in (one["coupon_association_id"] for one in whole)]
    if order != sorted(order):
        yield broken("discounts", invoice, f"coupons in the order {order}")
    for one in whole:
        if of(one, "original_price") != left:
            yield broken("discounts", invoice, f"a coupon comes off {one['original_price']}, the ones before it left {left}")
        left = of(one, "final_price")
    for one in applications:
        yield from _discount(invoice, one)
    if of(invoice, "total_discount") != sum(of(one, "discounted_amount") for one in applications):
        yield broken("discounts", invoice, f"total_discount {invoice['total_discount']} is not the sum of its coupons")


def numbering(invoices: Iterable[Json]) -> Iterator[Violation]:
    """A finalized invoice has a number no other has; sequences of a subscription are 1, 2, 3… (invoices.md §5.4)."""
    sequences: dict[str, list[int]] = defaultdict(list)
    numbers: Counter[str] = Counter()
    for invoice in invoices:
        if invoice["invoice_status"] == "FINALIZED":
            if not invoice.get("invoice_number"):
                yield Violation("numbering", identity(invoice), "finalized without a number", Quirk.UNNUMBERED)
            else:
                numbers[invoice["invoice_number"]] += 1
        if invoice.get("subscription_id") and invoice.get("billing_sequence"):
            sequences[invoice["subscription_id"]].append(invoice["billing_sequence"])
    yield from (Violation("numbering", number, f"given {count} times") for number, count in numbers.items() if count > 1)
    for subscription_id, found in sequences.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield Violation("numbering", subscription_id, f"billing sequences {sorted(found)}")


def _discount(invoice: Json, application: Json) -> Iterator[Violation]:
    terms = application["coupon_snapshot"]
    price, taken = of(application, "original_price"), of(application, "discounted_amount")
    percentage = terms["type"] == "percentage"
    wanted = min(_rounded(price * of(terms, "percentage_off") / 100, invoice["currency"]) if percentage else of(terms, "amount_off"), price)
    if taken != wanted or of(application, "final_price") != price - taken:
        yield broken("discounts", invoice, f"{dict(terms)} takes {taken} off {price}, leaving {application['final_price']}")


def _rounded(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-_PLACES.get(currency, 2)), ROUND_HALF_UP)
