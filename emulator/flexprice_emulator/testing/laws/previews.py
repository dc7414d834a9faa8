"""The law of previews."""

from collections import Counter
from collections.abc import Iterator

from flexprice_emulator.testing.laws.base import Json, Violation, broken, of


def preview_matches(preview: Json, invoice: Json) -> Iterator[Violation]:
    """A preview just before the roll-over shows the invoice's lines and figures; prepaid credits come off when it is finalized,
    and a draft has no taxes yet (invoices.md §5.12)."""
    name = "preview_matches"
    ours, theirs = (Counter(map(_figures, found.get("line_items") or [])) for found in (preview, invoice))
    if ours != theirs:
        yield broken(name, invoice, f"only previewed {list((ours - theirs).elements())}, only billed {list((theirs - ours).elements())}")
    compared = ["subtotal", "total_discount", *(["total_tax"] if invoice["invoice_status"] == "FINALIZED" else [])]
    for figure in compared:
        if of(preview, figure) != of(invoice, figure):
            yield broken(name, invoice, f"{figure} previewed {preview[figure]}, billed {invoice[figure]}")
    if invoice["invoice_status"] == "FINALIZED" and of(invoice, "total") != of(preview, "total") - of(
        invoice, "total_prepaid_credits_applied"
    ):
        yield broken(name, invoice, f"previewed {preview['total']}, billed {invoice['total']}")


def _figures(line: Json) -> tuple[str, ...]:
    amounts = ("amount", "quantity", "line_item_discount", "adjusted_entitlement_quantity")
    return (
        str(line["display_name"]),
        str(line.get("subscription_line_item_id") or ""),
        str(line["period_start"]),
        str(line["period_end"]),
        *(str(of(line, name).normalize()) for name in amounts),
    )
