"""Recomputes a derivation from itself alone, without the engine: plain decimals, its own rounding, no rating code.

`verify` takes a derivation as dataclasses or as their plain form and answers with what does not add up, one
sentence each; an empty list means that every amount follows from the figures and terms it names.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext
from typing import Any, Final

from flexprice_emulator.rating.derivation import InvoiceDerivation, LineDerivation, to_plain

Plain = Mapping[str, Any]

_ZERO: Final = Decimal(0)
_PRECISION: Final = 200


def verify(derivation: InvoiceDerivation | LineDerivation | Plain) -> list[str]:
    """Every disagreement in an invoice's or a line's derivation; [] when all figures follow."""
    plain = derivation if isinstance(derivation, Mapping) else to_plain(derivation)
    with localcontext() as context:
        context.prec = _PRECISION
        context.rounding = ROUND_HALF_UP
        return _invoice(plain) if plain.get("kind") == "invoice" else _line(plain, "line")


def _number(value: Any) -> Decimal:
    return _ZERO if value is None else Decimal(str(value))


def _round(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _quotient(numerator: Decimal, denominator: Decimal) -> Decimal:
    return _round(numerator / denominator, 16) if denominator else _ZERO


class _Check:
    """Collects disagreements under one heading."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.found: list[str] = []

    def equal(self, what: str, stated: Any, computed: Decimal) -> None:
        """Notes a stated figure that differs from the computed one."""
        if _number(stated) != computed:
            self.found.append(f"{self.where}: {what} is {stated}, computed {computed.normalize():f}")


class _State:
    """Quantity and amount as the steps so far left them; the buckets that were read."""

    def __init__(self) -> None:
        self.quantity = _ZERO
        self.amount = _ZERO
        self.buckets: Sequence[Plain] = ()
        self.bucketed: tuple[Decimal, Decimal] = (_ZERO, _ZERO)


def _line(line: Plain, where: str) -> list[str]:
    state, check = _State(), _Check(where)
    for step in line["steps"]:
        handler = _STEPS.get(step["kind"])
        if handler is None:
            check.found.append(f"{where}: unknown step {step['kind']!r}")
            continue
        check.where = f"{where}: {step['kind']}"
        handler(step, state, check)
    check.where = where
    check.equal("quantity", line["quantity"], state.quantity)
    check.equal("amount", line["amount"], state.amount)
    return check.found


# -- prices


def _tiered(terms: Plain, quantity: Decimal) -> list[tuple[int, Decimal, Decimal]]:
    """(tier index, units, cost) of a quantity."""
    tiers = terms["tiers"]
    if not tiers:
        return []
    if terms["tier_mode"] == "VOLUME":
        index = next((i for i, (up_to, _, _) in enumerate(tiers) if up_to is None or quantity <= _number(up_to)), len(tiers) - 1)
        return [(index, quantity, _number(tiers[index][1]) * quantity + _number(tiers[index][2]))]
    if terms["tier_mode"] != "SLAB":
        return []
    entered: list[tuple[int, Decimal, Decimal]] = []
    priced = below = _ZERO
    for index, (up_to, unit, flat) in enumerate(tiers):
        top = quantity if up_to is None else min(quantity, priced + _number(up_to) - below)
        units = top - priced
        entered.append((index, units, _number(unit) * units + _number(flat)))
        priced = top
        if priced >= quantity:
            break
        below = _number(up_to)
    return entered


def _packages(terms: Plain, quantity: Decimal) -> Decimal:
    if terms["divide_by"] is None or _number(terms["divide_by"]) <= 0:
        return _ZERO
    rounding = ROUND_FLOOR if terms["round"] == "down" else ROUND_CEILING
    return _quotient(quantity, _number(terms["divide_by"])).to_integral_value(rounding=rounding)


def _cost(terms: Plain, quantity: Decimal, *, is_bucket: bool = False) -> Decimal:
    model = terms["billing_model"]
    if not quantity and not (is_bucket and model == "TIERED"):
        return _ZERO
    if model == "FLAT_FEE":
        return _number(terms["amount"]) * quantity
    if model == "PACKAGE":
        return _number(terms["amount"]) * _packages(terms, quantity)
    return sum((cost for _, _, cost in _tiered(terms, quantity)), _ZERO) if model == "TIERED" else _ZERO


def _pricing_cost(step: Plain, check: _Check) -> Decimal:
    terms, quantity = step["terms"], _number(step["quantity"])
    cost = _cost(terms, quantity)
    check.equal("cost", step["cost"], cost)
    if step["packages"] is not None:
        check.equal("packages", step["packages"], _packages(terms, quantity))
    stated = [(tier["index"], _number(tier["units"]), _number(tier["cost"])) for tier in step["tiers"]]
    if quantity and terms["billing_model"] == "TIERED" and stated != _tiered(terms, quantity):
        check.found.append(f"{check.where}: tier steps differ from the tiers of {step['quantity']} units")
    return cost


def _pricing(step: Plain, state: _State, check: _Check) -> None:
    check.equal("quantity", step["quantity"], state.quantity)
    state.amount = _pricing_cost(step, check)


def _bucket_pricing(step: Plain, state: _State, check: _Check) -> None:
    total = _ZERO
    for bucket in step["buckets"]:
        cost = _cost(step["terms"], _number(bucket["value"]), is_bucket=True)
        check.equal(f"cost of bucket {bucket['start']}", bucket["cost"], cost)
        total += cost
    check.equal("sum of buckets", str(sum((_number(b["value"]) for b in step["buckets"]), _ZERO)), state.quantity)
    check.equal("cost", step["cost"], total)
    state.amount = total


# -- quantities


def _usage(step: Plain, state: _State, check: _Check) -> None:
    state.quantity, state.buckets = _number(step["quantity"]), step["buckets"]
    if step["buckets"]:
        check.equal("quantity", step["quantity"], sum((_number(bucket["value"]) for bucket in step["buckets"]), _ZERO))


def _fixed_quantity(step: Plain, state: _State, _check: _Check) -> None:
    state.quantity = _number(step["quantity"])


def _given(step: Plain, state: _State, _check: _Check) -> None:
    state.quantity, state.amount = _number(step["quantity"]), _number(step["amount"])


def _above(quantity: Decimal, limit: Decimal) -> Decimal:
    return max(quantity - limit, _ZERO)


def _entitlement(step: Plain, state: _State, check: _Check) -> None:
    check.equal("gross", step["gross"], state.quantity)
    limit = _number(step["usage_limit"])
    if step["usage_limit"] is None:
        billable = _ZERO
    elif step["rule"] in ("day", "month"):
        billable = _ZERO
        for window in step["windows"]:
            excess = _above(_number(window["quantity"]), limit)
            check.equal(f"excess of {window['start']}", window["excess"], excess)
            billable += excess
    elif step["rule"] == "never":
        billable = _above(_number(step["since_start"]) - _number(step["before_period"]), limit)
    else:
        billable = _above(state.quantity, limit)
    check.equal("billable", step["billable"], billable)
    state.quantity = billable


def _grant(step: Plain, state: _State, check: _Check) -> None:
    overage = _ZERO
    for window in step["windows"]:
        used = _number(window["usage"])
        over = used if window["quota"] is None else _above(used, _number(window["quota"]))
        check.equal(f"overage of {window['start']}", window["overage"], over)
        overage += over
    check.equal("overage", step["overage"], overage)
    if step["measure"] == "amount":
        state.quantity, state.amount = _ZERO, overage
    else:
        state.quantity = overage


# -- commitments


def _parts(usage: Decimal, step: Plain) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """utilized, overage, true_up, charge of the one formula."""
    committed = step["commitment"]
    if committed is None:
        return usage, _ZERO, _ZERO, usage
    due = _number(committed)
    if usage >= due:
        overage = (usage - due) * _number(step["overage_factor"])
        return due, overage, _ZERO, due + overage
    if step["true_up_enabled"]:
        return usage, _ZERO, due - usage, due
    return usage, _ZERO, _ZERO, usage


def _check_parts(step: Plain, usage: Decimal, check: _Check) -> Decimal:
    parts = _parts(usage, step)
    for name, computed in zip(("utilized", "overage", "true_up", "charge"), parts, strict=True):
        check.equal(name, step[name], computed)
    return parts[3]


def _commitment(step: Plain, state: _State, check: _Check) -> None:
    check.equal("usage", step["usage"], state.amount)
    if step["commitment_pricing"] is not None:
        check.equal("commitment", step["commitment"], _pricing_cost(step["commitment_pricing"], check))
    state.amount = _check_parts(step, state.amount, check)


def _window_commitment(step: Plain, state: _State, check: _Check) -> None:
    read = {bucket["start"] for bucket in state.buckets}
    accounted: set[str] = {bucket["start"] for bucket in step["dropped"]}
    charge = _ZERO
    for window in step["windows"]:
        usage = _cost(window["terms"], _number(window["value"]))
        check.equal(f"usage of {window['start']}", window["usage"], usage)
        charge += _check_parts(window, usage, check)
        accounted.add(window["start"])
    if not read <= accounted:
        check.found.append(f"{check.where}: windows {sorted(read - accounted)} are neither billed nor dropped")
    check.equal("charge", step["charge"], charge)
    state.amount = charge


def _split(step: Plain, state: _State, check: _Check) -> None:
    check.equal("quantity", step["quantity"], state.quantity)
    check.equal("amount", step["amount"], state.amount)
    state.bucketed = state.quantity, state.amount
    remaining, unit, factor = _number(step["remaining"]), _number(step["unit_amount"]), _number(step["overage_factor"])
    covered = state.quantity, state.amount
    beyond = _ZERO, _ZERO
    if state.amount > remaining:
        units = _quotient(remaining, unit).to_integral_value(rounding=ROUND_FLOOR) if remaining > 0 and unit > 0 else _ZERO
        covered = units, units * unit
        rest = state.quantity - units
        beyond = rest, (rest * unit if remaining > 0 else state.amount) * factor
    quantity, amount = covered if step["half"] == "normal" else beyond
    check.equal("half_quantity", step["half_quantity"], quantity)
    check.equal("half_amount", step["half_amount"], amount)
    check.equal("remaining_after", step["remaining_after"], remaining - covered[1])
    state.quantity, state.amount = quantity, amount


def _reset(step: Plain, state: _State, check: _Check) -> None:
    quantity, amount = state.bucketed
    check.equal("quantity", step["quantity"], quantity)
    check.equal("amount", step["amount"], amount)
    state.quantity, state.amount = quantity, amount


def _cumulative(step: Plain, state: _State, check: _Check) -> None:
    check.equal("base", step["base"], state.amount)
    check.equal("quantity_before", step["quantity_before"], state.quantity)
    total, within = _number(step["total_base"]), _number(step["within"])
    check.equal("share", step["share"], _quotient(state.amount, total))
    check.equal("amount", step["amount"], _quotient(state.amount, total) * within)
    check.equal("quantity_factor", step["quantity_factor"], _quotient(within, total))
    exact = state.quantity * _quotient(within, total)
    stated = _number(step["quantity"])
    exponent = stated.as_tuple().exponent
    # The currency's places are not named here: the stated quantity must be the exact one to at most four places.
    if not isinstance(exponent, int) or not any(_round(exact, places) == stated for places in range(5)):
        check.equal("quantity", step["quantity"], exact)
    state.quantity, state.amount = stated, _number(step["amount"])


def _cumulative_overage(step: Plain, state: _State, check: _Check) -> None:
    current = _number(step["current"])
    within = min(current, max(_number(step["commitment"]) - _number(step["prior"]), _ZERO))
    check.equal("overage_base", step["overage_base"], current - within)
    state.quantity = current - within
    state.amount = state.quantity * _number(step["overage_factor"])
    check.equal("amount", step["amount"], state.amount)


def _true_up(step: Plain, state: _State, check: _Check) -> None:
    state.quantity = Decimal(1)
    state.amount = _number(step["commitment"]) - _number(step["utilized"])
    check.equal("amount", step["amount"], state.amount)


# -- fixed charges


def _scaling(step: Plain, state: _State, check: _Check) -> None:
    check.equal("before", step["before"], state.amount)
    share = _quotient(_number(step["seconds"]), _number(step["of_seconds"]))
    check.equal("coefficient", step["coefficient"], share)
    state.amount *= share
    check.equal("after", step["after"], state.amount)


def _proration(step: Plain, state: _State, check: _Check) -> None:
    check.equal("quantity", step["quantity"], state.quantity)
    whole = _number(step["of_seconds"])
    share = _quotient(_number(step["seconds"]), whole) if whole > 0 else _ZERO
    check.equal("coefficient", step["coefficient"], share)
    state.amount = _number(step["unit_amount"]) * state.quantity * share
    check.equal("amount", step["amount"], state.amount)


def _opening_credit(step: Plain, state: _State, check: _Check) -> None:
    check.equal("before", step["before"], state.amount)
    state.amount -= _number(step["credit"])
    check.equal("after", step["after"], state.amount)
    if state.amount < 0:
        check.found.append(f"{check.where}: credit exceeds the amount")


def _trial(step: Plain, state: _State, check: _Check) -> None:
    check.equal("before", step["before"], state.amount)
    state.amount = _ZERO


def _rounding(step: Plain, state: _State, check: _Check) -> None:
    check.equal("before", step["before"], state.amount)
    state.amount = _round(state.amount, int(step["places"]))
    check.equal("after", step["after"], state.amount)


_STEPS: Final[Mapping[str, Callable[[Plain, _State, _Check], None]]] = {
    "usage": _usage,
    "fixed_quantity": _fixed_quantity,
    "given": _given,
    "pricing": _pricing,
    "bucket_pricing": _bucket_pricing,
    "rounding": _rounding,
    "entitlement": _entitlement,
    "grant": _grant,
    "commitment": _commitment,
    "window_commitment": _window_commitment,
    "commitment_split": _split,
    "reset_to_buckets": _reset,
    "cumulative_share": _cumulative,
    "cumulative_overage": _cumulative_overage,
    "true_up": _true_up,
    "scaling": _scaling,
    "proration": _proration,
    "opening_credit": _opening_credit,
    "trial": _trial,
}


# -- the invoice level


def _invoice(invoice: Plain) -> list[str]:
    found: list[str] = []
    for index, line in enumerate(invoice["lines"]):
        found.extend(_line(line["derivation"], f"line {index} {line['display_name']!r}"))
    check = _Check("invoice")
    amounts = [_number(line["derivation"]["amount"]) for line in invoice["lines"]]
    subtotal = sum(amounts, _ZERO)
    discount = _coupons(invoice, amounts, subtotal, check)
    given = invoice.get("given_subtotal")
    subtotal = subtotal if given is None else _number(given)
    check.equal("subtotal", invoice["subtotal"], subtotal)
    prepaid = _credits(invoice, amounts, check)
    tax = _taxes(invoice, max(subtotal - discount, _ZERO), check)
    check.equal("total", invoice["total"], max(max(subtotal - discount - prepaid, _ZERO) + tax, _ZERO))
    return found + check.found


def _coupons(invoice: Plain, amounts: Sequence[Decimal], subtotal: Decimal, check: _Check) -> Decimal:
    places = int(invoice["places"])
    by_line = [_ZERO] * len(amounts)
    of_invoice = _ZERO
    running = subtotal - sum((_number(c["discount"]) for c in invoice["coupons"] if c["line_index"] is not None), _ZERO)
    for coupon in invoice["coupons"]:
        index = coupon["line_index"]
        original = running if index is None else amounts[index]
        if coupon["is_kept"]:
            original = _number(coupon["original"])
        value = _number(coupon["value"])
        unrounded = original * value / 100 if coupon["type"] == "percentage" else value
        discount = max(min(_round(unrounded, places), original), _ZERO)
        name = f"coupon {coupon['coupon_id']}"
        check.equal(f"{name} original", coupon["original"], original)
        check.equal(f"{name} unrounded", coupon["unrounded"], unrounded)
        check.equal(f"{name} discount", coupon["discount"], discount)
        if index is None:
            of_invoice += discount
            running -= discount
        else:
            by_line[index] += discount
    for index, line in enumerate(invoice["lines"]):
        check.equal(f"line {index} line_item_discount", line["line_item_discount"], by_line[index])
    spread = sum((_number(line["invoice_level_discount"]) for line in invoice["lines"]), _ZERO)
    left = [
        amount - taken - _number(line["invoice_level_discount"])
        for amount, taken, line in zip(amounts, by_line, invoice["lines"], strict=True)
    ]
    # Less may be spread than was taken off only where the line that takes the remainder is used up.
    capped = invoice["distributed"] and spread < of_invoice and any(amount <= 0 for amount in left)
    if not (capped or any(coupon["is_kept"] for coupon in invoice["coupons"])):
        check.equal("distributed discount", str(spread), of_invoice if invoice["distributed"] else _ZERO)
    total = of_invoice + sum(by_line, _ZERO)
    check.equal("total_discount", invoice["total_discount"], total)
    return total


def _credits(invoice: Plain, amounts: Sequence[Decimal], check: _Check) -> Decimal:
    by_line = [_ZERO] * len(amounts)
    removed = _ZERO
    kept = any(credit["is_kept"] for credit in invoice["credits"])
    for credit in invoice["credits"]:
        if credit["line_index"] is None:
            removed += _number(credit["amount"])
        else:
            by_line[credit["line_index"]] += _number(credit["amount"])
    for index, line in enumerate(invoice["lines"]):
        check.equal(f"line {index} prepaid_credits_applied", line["prepaid_credits_applied"], by_line[index])
        payable = amounts[index] - _number(line["line_item_discount"]) - _number(line["invoice_level_discount"])
        if kept:
            continue
        if by_line[index] > max(payable, _ZERO) or (by_line[index] and line["price_type"] != "USAGE"):
            check.found.append(f"invoice: line {index} takes {by_line[index]} of credits for {payable} payable")
    prepaid = sum(by_line, removed)
    check.equal("total_prepaid_credits_applied", invoice["total_prepaid_credits_applied"], prepaid)
    return prepaid


def _taxes(invoice: Plain, base: Decimal, check: _Check) -> Decimal:
    total = _ZERO
    for tax in invoice["taxes"]:
        value = _number(tax["value"])
        if tax["is_kept"]:
            base = _number(tax["base"])
        unrounded = base * value / 100 if tax["type"] == "percentage" else value
        name = f"tax {tax['tax_rate_id']}"
        check.equal(f"{name} base", tax["base"], base)
        check.equal(f"{name} unrounded", tax["unrounded"], unrounded)
        check.equal(name, tax["tax"], _round(unrounded, int(invoice["places"])))
        total += _round(unrounded, int(invoice["places"]))
    check.equal("total_tax", invoice["total_tax"], total)
    return total
