"""A derivation's steps in words: one function a kind, each gives one or more short lines of plain text."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

Step = Mapping[str, Any]


def step_words(step: Step) -> list[str]:
    """The step's lines; the first names it."""
    return _WORDS[step["kind"]](step)


def tier_words(steps: Sequence[Step]) -> list[str]:
    """Units of each tier, times its unit amount, plus its flat amount."""
    return [
        f"tier {tier['index'] + 1} ({_bound(tier['up_to'])}): {_product(tier['units'], tier['unit_amount'], tier['flat_amount'])}"
        f" = {tier['cost']}"
        for tier in steps
    ]


def _bound(up_to: int | None) -> str:
    return "no end" if up_to is None else f"up to {up_to}"


def _product(units: str, unit_amount: str, flat_amount: str) -> str:
    return f"{units} × {unit_amount}" + (f" + {flat_amount}" if flat_amount not in ("0", "") else "")


def _usage(step: Step) -> list[str]:
    query = step["query"]
    size = f" by {query['bucket_size']}" if query["bucket_size"] else ""
    said = [
        f"usage: {query['aggregation_type']}{size} of {query['event_name']} = {step['quantity']}",
        f"meter {query['meter_id']}, {query['start']} to {query['end']}, customers {', '.join(query['customers']) or 'none'}",
    ]
    return said + [f"bucket {_at(bucket)}: {bucket['value']}" for bucket in step["buckets"]]


def _at(bucket: Step) -> str:
    group = f" [{bucket['group']}]" if bucket.get("group") else ""
    return f"{bucket['start']}{group}"


def _terms(terms: Step) -> str:
    mode = f" {terms['tier_mode']}" if terms["tier_mode"] and terms["tiers"] else ""
    return f"{terms['billing_model']}{mode} {terms['price_id']}"


def _pricing(step: Step) -> list[str]:
    terms, said = step["terms"], f"price: {_terms(step['terms'])}"
    if step["tiers"]:
        return [f"{said} of {step['quantity']} = {step['cost']}", *tier_words(step["tiers"])]
    if step["packages"] is not None:
        packed = f"{step['packages']} packages of {terms['divide_by']} (rounded {terms['round'] or 'up'})"
        return [f"{said}: {packed} × {terms['amount']} = {step['cost']}"]
    return [f"{said}: {step['quantity']} × {terms['amount']} = {step['cost']}"]


def _bucket_pricing(step: Step) -> list[str]:
    said = f"price: {_terms(step['terms'])}, each bucket alone = {step['cost']}"
    return [said, *(f"bucket {_at(bucket)}: {bucket['value']} costs {bucket['cost']}" for bucket in step["buckets"])]


def _rounding(step: Step) -> list[str]:
    return [f"rounding: {step['before']} → {step['after']} ({step['places']} places)"]


def _entitlement(step: Step) -> list[str]:
    limit = "everything" if step["usage_limit"] is None else step["usage_limit"]
    reset = f", reset {step['usage_reset_period']}" if step["usage_reset_period"] else ""
    said = [f"entitlement: {limit} free{reset}: {step['billable']} of {step['gross']} billable"]
    if step["rule"] == "never":
        said.append(f"{step['since_start']} since the start, {step['before_period']} of it before this period")
    return said + [f"window {window['start']}: {window['excess']} of {window['quantity']} above" for window in step["windows"]]


def _grant(step: Step) -> list[str]:
    windows = (
        f"{use['start']} to {use['end']}: {use['usage']} of {'nothing' if use['quota'] is None else use['quota']}, {use['overage']} above"
        for use in step["windows"]
    )
    return [f"grant of {step['measure']}: {step['overage']} above what is granted", *windows]


def _formula(step: Step) -> str:
    if step["commitment"] is None:
        return f"{step['usage']}, nothing committed"
    beyond = f", {step['overage']} overage at × {step['overage_factor']}" if step["overage"] != "0" else ""
    missing = f", {step['true_up']} true-up" if step["true_up"] != "0" else ""
    return f"{step['usage']} used of {step['commitment']} committed: {step['utilized']} utilized{beyond}{missing} = {step['charge']}"


def _commitment(step: Step) -> list[str]:
    priced = step["commitment_pricing"]
    return [f"commitment: {_formula(step)}", *([] if priced is None else [f"committed quantity, {_pricing(priced)[0]}"])]


def _window_commitment(step: Step) -> list[str]:
    windows = (
        f"window {window['start']}: {window['value']} by {_terms(window['terms'])}, {_formula(window)}" for window in step["windows"]
    )
    dropped = (f"window {bucket['start']}: {bucket['value']} not billed" for bucket in step["dropped"])
    return [f"commitment by window = {step['charge']}", *windows, *dropped]


def _split(step: Step) -> list[str]:
    how = f"{step['unit_amount']} a unit, overage × {step['overage_factor']}, {step['remaining_after']} left after"
    said = f"subscription's commitment, {step['half']} part of {step['quantity']} for {step['amount']} with {step['remaining']} left"
    return [f"{said}: {step['half_quantity']} for {step['half_amount']}", how]


def _reset(step: Step) -> list[str]:
    return [f"buckets again: {step['quantity']} for {step['amount']}, as parts of buckets are billed in full"]


def _cumulative(step: Step) -> list[str]:
    said = f"share of the longer commitment: {step['base']} / {step['total_base']} = {step['share']} of {step['within']} = {step['amount']}"
    return [said, f"quantity {step['quantity_before']} × {step['quantity_factor']} = {step['quantity']}"]


def _cumulative_overage(step: Step) -> list[str]:
    covered = f"{step['commitment']} committed, {step['prior']} used before, {step['current']} now"
    return [f"beyond the longer commitment: {covered}: {step['overage_base']} × {step['overage_factor']} = {step['amount']}"]


def _true_up(step: Step) -> list[str]:
    return [f"true-up: {step['commitment']} committed − {step['utilized']} utilized = {step['amount']}"]


def _share(step: Step) -> str:
    return f"{step['seconds']} of {step['of_seconds']} seconds = {step['coefficient']}"


def _scaling(step: Step) -> list[str]:
    return [f"active for a part: {step['before']} × {_share(step)}: {step['after']}"]


def _proration(step: Step) -> list[str]:
    return [f"proration: {step['unit_amount']} × {step['quantity']} × {_share(step)}: {step['amount']}"]


_WORDS: Final[Mapping[str, Callable[[Step], list[str]]]] = {
    "usage": _usage,
    "fixed_quantity": lambda step: [f"quantity: {step['quantity']}"],
    "given": lambda step: [f"given: {step['quantity']} for {step['amount']}"],
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
    "opening_credit": lambda step: [f"credit of an earlier subscription: {step['before']} − {step['credit']} = {step['after']}"],
    "trial": lambda step: [f"trial: 0 instead of {step['before']}"],
}
