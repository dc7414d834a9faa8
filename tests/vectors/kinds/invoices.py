"""Vector kind of the whole usage side of an invoice, from raw events."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flexprice_emulator.rating.commitment.model import PriorInvoice, PriorUsageLine
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.rating.derivation import to_plain
from flexprice_emulator.rating.derivation_verify import verify
from flexprice_emulator.rating.entitlement.model import AggregatedEntitlement
from flexprice_emulator.rating.invoice.assemble import assemble_invoice
from flexprice_emulator.rating.invoice.model import InvoiceLine, InvoiceRequest, LineItem, Subscription
from flexprice_emulator.rating.metering.identity import usage_row
from flexprice_emulator.rating.metering.model import UsageRow
from flexprice_emulator.rating.metering.quantity import measure
from flexprice_emulator.rating.metering.rows import RowsUsage
from tests.vectors.kinds.commitments import commitment_of
from tests.vectors.kinds.entitlements import aggregated_of
from tests.vectors.kinds.metering import meter_of
from tests.vectors.kinds.reading import (
    assert_lines,
    figures,
    instant,
    line_figures,
    maybe_instant,
    normal,
    number,
    price_of,
    subscription_of,
)

CUSTOMER = "customer"


def request_of(given: Mapping[str, Any]) -> InvoiceRequest:
    """The whole case as one request; items are m0, m1, ... unless named, each with a meter and events of its own."""
    subscription = subscription_of(given["subscription"])
    items: list[LineItem] = []
    rows: list[UsageRow] = []
    entitlements: dict[str, AggregatedEntitlement] = {}
    for index, spec in enumerate(given["items"]):
        item = _item(spec, index, subscription)
        items.append(item)
        assert item.meter is not None
        found = aggregated_of(spec.get("entitlements") or (), item.meter.id)
        if found is not None:
            entitlements[item.meter.id] = found
        rows.extend(_rows(spec, item))
    end = instant(given["period_end"])
    return InvoiceRequest(
        subscription=subscription,
        line_items=items,
        usage=RowsUsage(rows),
        customers=[CUSTOMER],
        period_start=instant(given["period_start"]),
        period_end=end,
        reference_point="cancel",
        now=instant(given["now"]) if "now" in given else end,
        entitlements=entitlements,
        prior_invoices=[
            PriorInvoice(instant(p["period_start"]), instant(p["period_end"]), (PriorUsageLine(number(p["usage_amount"])),))
            for p in given.get("prior_invoices") or ()
        ],
    )


def _item(spec: Mapping[str, Any], index: int, subscription: Subscription) -> LineItem:
    name = spec.get("name", f"m{index}")
    return LineItem(
        id=f"item{index}",
        price=price_of(spec["price"], price_id=f"price{index}"),
        start_date=maybe_instant(spec.get("start")) or subscription.start_date,
        end_date=maybe_instant(spec.get("end")),
        meter=meter_of(spec["meter"], f"meter{index}"),
        display_name=name,
        meter_display_name=name,
        commitment=commitment_of(spec["commitment"], spec.get("time_buckets")) if spec.get("commitment") else None,
    )


def _rows(spec: Mapping[str, Any], item: LineItem) -> Iterator[UsageRow]:
    assert item.meter is not None
    for index, event in enumerate(spec.get("events") or ()):
        properties = event.get("properties") or {}
        measured = measure(item.meter, item.meter.event_name, properties)
        if measured.has_row:
            yield usage_row(
                measured,
                item.meter.id,
                event_id=event.get("id", f"{item.id}-{index}"),
                external_customer_id=CUSTOMER,
                timestamp=instant(event["timestamp"]),
            )


def run_invoice(case: Mapping[str, Any]) -> None:
    """Lines and total, and a derivation that recomputes to them."""
    draft = assemble_invoice(request_of(case["input"]))
    expected = case["expected"]
    if "lines" in expected:
        assert_lines(expected["lines"], draft.line_items)
    if "lines_any_of" in expected:
        assert any(_agrees(lines, draft.line_items) for lines in expected["lines_any_of"])
    figures({"total": expected["total"]}, {"total": sum((line.amount for line in draft.line_items), ZERO)})
    assert verify(draft.derivation) == []
    assert verify(to_plain(draft.derivation)) == []


def _agrees(expected: list[Mapping[str, Any]], lines: tuple[InvoiceLine, ...]) -> bool:
    actual = [normal(line_figures(line)) for line in sorted(lines, key=lambda line: line.display_name)]
    wanted = [normal(line) for line in sorted(expected, key=lambda line: str(line["display_name"]))]
    return len(actual) == len(wanted) and all(
        isinstance(a, dict) and isinstance(w, dict) and {key: a.get(key) for key in w} == w for a, w in zip(actual, wanted, strict=True)
    )


KINDS: dict[str, Callable[[Mapping[str, Any]], None]] = {"invoice_usage": run_invoice}
