"""An invoice as a PDF: who, when, each line, the totals (invoices.md §12).

The same invoice gives the same bytes. Text stands uncompressed in the file, so that a test can look for it; the built-in
fonts know Western European letters only, others are shown as `?`.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.invoices.lines import line_rows
from flexprice_emulator.invoices.tables import InvoiceLineItemRow, InvoiceRow
from flexprice_emulator.invoices.taxing import tax_rows
from flexprice_emulator.rating.decimals import ZERO, currency_places, to_text
from flexprice_emulator.taxes import rates
from flexprice_emulator.workspace.context import Context

if TYPE_CHECKING:
    from fpdf import FPDF

_ENCODING: Final = "cp1252"
_FONT: Final = "Helvetica"
_GREY: Final = (110, 110, 110)
_RULE: Final = (205, 205, 205)
_HEADS: Final = ("Description", "Period", "Quantity", "Amount")
_WIDTHS: Final = (46, 26, 12, 16)


def invoice_pdf(ctx: Context, invoice: InvoiceRow) -> bytes:
    """The document's bytes, on A4 pages."""
    # The library takes a third of a second to load, and few servers ever print.
    from fpdf import FPDF

    pdf = FPDF(format="A4")
    pdf.core_fonts_encoding = _ENCODING
    pdf.set_compression(False)
    pdf.set_creation_date(invoice.updated_at)
    pdf.set_title(f"Invoice {invoice.invoice_number or invoice.id}")
    pdf.set_margin(18)
    pdf.set_auto_page_break(True, margin=18)
    pdf.add_page()
    _head(pdf, invoice)
    _parties(pdf, ctx.session.get(CustomerRow, invoice.customer_id), invoice)
    _table(pdf, invoice, line_rows(ctx, invoice.id))
    _totals(pdf, list(_figures(ctx, invoice)), invoice.currency)
    return bytes(pdf.output())


def money(amount: Decimal, currency: str) -> str:
    """`12.50 USD`: at least the currency's places, never fewer digits than the amount has."""
    places = currency_places(currency)
    whole, _, fraction = to_text(amount).partition(".")
    digits = fraction.ljust(places, "0")
    return f"{whole}{'.' if digits else ''}{digits} {currency.upper()}"


def _head(pdf: "FPDF", invoice: InvoiceRow) -> None:
    pdf.set_font(_FONT, "B", 22)
    pdf.cell(0, 10, "Invoice", new_x="LMARGIN", new_y="NEXT")
    _small(pdf, 10)
    pdf.cell(0, 6, f"{invoice.invoice_number or invoice.id}   {invoice.invoice_status}", new_x="LMARGIN", new_y="NEXT")
    pdf.set_text_color(0)
    pdf.ln(4)


def _parties(pdf: "FPDF", customer: CustomerRow | None, invoice: InvoiceRow) -> None:
    """The customer to the left, dates to the right."""
    top, half = pdf.get_y(), pdf.epw / 2
    for x, heading, texts in (
        (pdf.l_margin, "Bill to", _address(customer, invoice)),
        (pdf.l_margin + half, "Dates", [f"{name} {when:%Y-%m-%d}" for name, when in _dates(invoice) if when]),
    ):
        pdf.set_xy(x, top)
        _small(pdf, 9)
        pdf.cell(half, 5, heading)
        pdf.set_text_color(0)
        pdf.set_font(_FONT, size=10)
        for row, text in enumerate(texts, 1):
            pdf.set_xy(x, top + 5 * row)
            pdf.cell(half, 5, _shown(text))
    pdf.set_xy(pdf.l_margin, top + 5 * 8)
    if invoice.description:
        pdf.multi_cell(0, 5, _shown(invoice.description), new_x="LMARGIN", new_y="NEXT")
        pdf.ln(2)


def _address(customer: CustomerRow | None, invoice: InvoiceRow) -> list[str]:
    if customer is None:
        return [invoice.customer_id]
    city = " ".join(part for part in (customer.address_postal_code, customer.address_city, customer.address_state) if part)
    lines = (customer.name, customer.email, customer.address_line1, customer.address_line2, city, customer.address_country)
    return [line for line in lines if line] or [customer.external_id]


def _dates(invoice: InvoiceRow) -> tuple[tuple[str, datetime | None], ...]:
    return (
        ("Issued", invoice.finalized_at or invoice.issue_date),
        ("Due", invoice.due_date),
        ("Period from", invoice.period_start),
        ("Period to", invoice.period_end),
        ("Paid", invoice.paid_at),
        ("Voided", invoice.voided_at),
    )


def _table(pdf: "FPDF", invoice: InvoiceRow, lines: Sequence[InvoiceLineItemRow]) -> None:
    """One row a line; the headings stand again on every page."""
    pdf.set_font(_FONT, size=9)
    pdf.set_draw_color(*_RULE)
    aligned = ("LEFT", "LEFT", "RIGHT", "RIGHT")
    with pdf.table(col_widths=_WIDTHS, text_align=aligned, borders_layout="HORIZONTAL_LINES", line_height=5.5, padding=1) as table:
        table.row(_HEADS)
        for line in lines:
            period = f"{line.period_start:%Y-%m-%d} to {line.period_end:%Y-%m-%d}" if line.period_start and line.period_end else ""
            table.row([_shown(line.display_name or ""), period, to_text(line.quantity), money(line.amount, invoice.currency)])
    pdf.ln(4)


def _figures(ctx: Context, invoice: InvoiceRow) -> Iterator[tuple[str, Decimal]]:
    """What leads from the subtotal to what is left to pay; steps of 0 are left out."""
    yield "Subtotal", invoice.subtotal
    applied = tax_rows(ctx, invoice.id)
    known = rates.by_ids(ctx, [tax.tax_rate_id for tax in applied])
    taxes = [(known[tax.tax_rate_id].name if tax.tax_rate_id in known else "Tax", tax.tax_amount) for tax in applied]
    steps = [("Discount", -invoice.total_discount), ("Prepaid credits", -invoice.total_prepaid_credits_applied), *taxes]
    yield from ((name, amount) for name, amount in steps if amount != ZERO)
    yield "Total", invoice.total
    steps = [("Credit notes", -invoice.adjustment_amount), ("Paid", -invoice.amount_paid)]
    yield from ((name, amount) for name, amount in steps if amount != ZERO)
    yield "Amount remaining", invoice.amount_remaining


def _totals(pdf: "FPDF", figures: Sequence[tuple[str, Decimal]], currency: str) -> None:
    """Names and amounts at the right edge, together on one page."""
    if pdf.will_page_break(6.0 * len(figures)):
        pdf.add_page()
    for name, amount in figures:
        pdf.set_font(_FONT, "B" if name in ("Total", "Amount remaining") else "", 10)
        pdf.set_x(pdf.l_margin + pdf.epw / 2)
        pdf.cell(pdf.epw / 4, 6, _shown(name))
        pdf.cell(pdf.epw / 4, 6, money(amount, currency), align="R", new_x="LMARGIN", new_y="NEXT")


def _small(pdf: "FPDF", size: int) -> None:
    pdf.set_font(_FONT, size=size)
    pdf.set_text_color(*_GREY)


def _shown(text: str) -> str:
    """The text in letters that the font has, on one line."""
    return " ".join(text.split()).encode(_ENCODING, "replace").decode(_ENCODING)
