"""Vector kind of fixed charges: every line against the window, whatever its cadence."""

from collections.abc import Callable, Mapping
from typing import Any

from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.rating.invoice.fixed import fixed_lines
from flexprice_emulator.rating.invoice.windows import window_of
from tests.vectors.kinds.reading import assert_lines, figures, fixed_item_of, instant, number, subscription_of


def run_fixed(case: Mapping[str, Any]) -> None:
    """Lines and total of one window."""
    given = case["input"]
    subscription = subscription_of(given["subscription"])
    items = [fixed_item_of(spec, index) for index, spec in enumerate(given["items"])]
    window = instant(given["period_start"]), instant(given["period_end"])
    windows = [found for item in items if (found := window_of(subscription, item, window)) is not None]
    lines = fixed_lines(subscription, windows, items, opening_credit=number(given.get("opening_credit")))
    assert_lines(case["expected"]["lines"], lines)
    figures({"total": case["expected"]["total"]}, {"total": sum((line.amount for line in lines), ZERO)})


KINDS: dict[str, Callable[[Mapping[str, Any]], None]] = {"fixed_charges": run_fixed}
