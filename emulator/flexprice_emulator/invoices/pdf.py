"""An invoice as a PDF: who, when, each line, the totals (invoices.md §12).

The same invoice gives the same bytes on the same machine. Text stands uncompressed in the file, so that a test can look for it. The
built-in fonts know Western European letters only; where others are needed, this machine's fonts are embedded (fonts.py).
"""

import string
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.invoices.fonts import Face, faces_for, in_print_order, known
from flexprice_emulator.invoices.lines import line_rows
from flexprice_emulator.invoices.tables import InvoiceLineItemRow, InvoiceRow
from flexprice_emulator.invoices.taxing import tax_rows
from flexprice_emulator.rating.decimals import ZERO, currency_places, to_text
from flexprice_emulator.taxes import rates
from flexprice_emulator.workspace.context import Context

_ENCODING: Final = "cp1252"
_FONT: Final = "Helvetica"
_GREY: Final = (110, 110, 110)
_RULE: Final = (205, 205, 205)
_HEADS: Final = ("Description", "Period", "Quantity", "Amount")
_WIDTHS: Final = (40, 26, 14, 20)
_EMBEDDED: Final = "machine"
_MARGIN: Final = 18
_GAP: Final = 5
# Millimetres of five each: room for the address and the dates.
_LEAST_ROWS: Final = 8
# Shares of the page's width.
_TOTALS_FROM: Final = 0.4
_TOTALS_NAME: Final = 0.32


class _Page:
    """The document being written, and how text is put on it."""

    def __init__(self, invoice: InvoiceRow, texts: Iterable[str]) -> None:
        # The library takes a third of a second to load, and few servers ever print.
        from fpdf import FPDF

        self.pdf = FPDF(format="A4")
        self.pdf.core_fonts_encoding = _ENCODING
        self.pdf.set_compression(False)
        # A text that holds the library's sign for the number of pages is a text like any other.
        self.pdf.alias_nb_pages("")
        self.pdf.set_creation_date(invoice.updated_at)
        self.pdf.set_title(f"Invoice {_reference(invoice)}")
        self.pdf.set_margin(_MARGIN)
        self.pdf.set_auto_page_break(True, margin=_MARGIN)
        self.faces: Sequence[Face] = ()
        self.family = _FONT
        letters = in_print_order("".join(texts))
        if not _is_western(letters):
            # Figures and headings are written in the same fonts.
            self._embed(faces_for(letters + string.printable))
        self.pdf.add_page()

    def _embed(self, faces: Sequence[Face]) -> None:
        for number, face in enumerate(faces):
            self.pdf.add_font(f"{_EMBEDDED}{number}", "", face.regular)
            self.pdf.add_font(f"{_EMBEDDED}{number}", "B", face.bold)
        if faces:
            self.faces, self.family = faces, f"{_EMBEDDED}0"
            self.pdf.set_fallback_fonts([f"{_EMBEDDED}{number}" for number in range(1, len(faces))], exact_match=False)

    def font(self, size: float, style: Literal["", "B"] = "", *, grey: bool = False) -> None:
        """Write in this size from now on."""
        self.pdf.set_font(self.family, style, size)
        self.pdf.set_text_color(*(_GREY if grey else (0, 0, 0)))

    def shown(self, text: str) -> str:
        """The text on one line, in print order, in letters that the fonts have."""
        line = in_print_order(" ".join(text.split()))
        if not self.faces:
            return line.encode(_ENCODING, "replace").decode(_ENCODING)
        return "".join(letter if letter <= " " or known(letter, self.faces) else "?" for letter in line)

    def block(self, x: float, y: float, width: float, texts: Iterable[str]) -> float:
        """Lines under each other, long ones broken; where the next would stand."""
        for text in texts:
            self.pdf.set_xy(x, y)
            self.pdf.multi_cell(width, 5, self.shown(text), align="L", new_x="LEFT", new_y="NEXT")
            y = self.pdf.get_y()
        return y


def invoice_pdf(ctx: Context, invoice: InvoiceRow) -> bytes:
    """The document's bytes, on A4 pages."""
    customer, lines, figures = ctx.session.get(CustomerRow, invoice.customer_id), line_rows(ctx, invoice.id), list(_figures(ctx, invoice))
    texts = [
        *(_reference(invoice), invoice.currency.upper()),
        *_address(customer, invoice),
        invoice.description,
        *(line.display_name or "" for line in lines),
        *(name for name, _ in figures),
    ]
    page = _Page(invoice, (text for text in texts if text))
    _head(page, invoice)
    _parties(page, customer, invoice)
    _table(page, invoice, lines)
    _totals(page, figures, invoice.currency)
    return bytes(page.pdf.output())


def money(amount: Decimal, currency: str) -> str:
    """`12.50 USD`: at least the currency's places, never fewer digits than the amount has."""
    places = currency_places(currency)
    whole, _, fraction = to_text(amount).partition(".")
    digits = fraction.ljust(places, "0")
    return f"{whole}{'.' if digits else ''}{digits} {currency.upper()}"


def _head(page: _Page, invoice: InvoiceRow) -> None:
    page.font(22, "B")
    page.pdf.cell(0, 10, "Invoice", new_x="LMARGIN", new_y="NEXT")
    page.font(10, grey=True)
    page.pdf.cell(0, 6, f"{page.shown(_reference(invoice))}   {invoice.invoice_status}", new_x="LMARGIN", new_y="NEXT")
    page.pdf.ln(4)


def _reference(invoice: InvoiceRow) -> str:
    return invoice.invoice_number or invoice.id


def _parties(page: _Page, customer: CustomerRow | None, invoice: InvoiceRow) -> None:
    """The customer to the left, dates to the right; then what the invoice is for."""
    pdf = page.pdf
    top, half = pdf.get_y(), pdf.epw / 2
    bottom = top + 5 * _LEAST_ROWS
    for x, heading, texts in (
        (pdf.l_margin, "Bill to", _address(customer, invoice)),
        (pdf.l_margin + half, "Dates", [f"{name} {when:%Y-%m-%d}" for name, when in _dates(invoice) if when]),
    ):
        pdf.set_xy(x, top)
        page.font(9, grey=True)
        pdf.cell(half, 5, heading)
        page.font(10)
        bottom = max(bottom, page.block(x, top + 5, half - _GAP, texts) + _GAP)
    pdf.set_xy(pdf.l_margin, bottom)
    if invoice.description:
        pdf.set_y(page.block(pdf.l_margin, bottom, pdf.epw, [invoice.description]) + 2)


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


def _table(page: _Page, invoice: InvoiceRow, lines: Sequence[InvoiceLineItemRow]) -> None:
    """One row a line; the headings stand again on every page."""
    page.font(9)
    page.pdf.set_draw_color(*_RULE)
    aligned = ("LEFT", "LEFT", "RIGHT", "RIGHT")
    with page.pdf.table(
        col_widths=_WIDTHS, text_align=aligned, v_align="TOP", borders_layout="HORIZONTAL_LINES", line_height=5, padding=1.5
    ) as table:
        table.row(_HEADS)
        for line in lines:
            period = f"{line.period_start:%Y-%m-%d} to {line.period_end:%Y-%m-%d}" if line.period_start and line.period_end else ""
            table.row(
                [page.shown(line.display_name or ""), period, to_text(line.quantity), page.shown(money(line.amount, invoice.currency))]
            )
    page.pdf.ln(4)


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


def _totals(page: _Page, figures: Sequence[tuple[str, Decimal]], currency: str) -> None:
    """Names and amounts at the right edge, together on one page; long names are broken."""
    pdf = page.pdf
    left, name_width = pdf.l_margin + pdf.epw * _TOTALS_FROM, pdf.epw * _TOTALS_NAME
    if pdf.will_page_break(6.0 * (len(figures) + 1)):
        pdf.add_page()
    for name, amount in figures:
        page.font(10, "B" if name in ("Total", "Amount remaining") else "")
        top = pdf.get_y()
        below = page.block(left, top + 0.5, name_width, [name]) + 0.5
        pdf.set_xy(left + name_width, top)
        pdf.cell(pdf.w - pdf.r_margin - left - name_width, 6, page.shown(money(amount, currency)), align="R")
        pdf.set_xy(pdf.l_margin, below)


def _is_western(text: str) -> bool:
    try:
        text.encode(_ENCODING)
    except UnicodeEncodeError:
        return False
    return True
