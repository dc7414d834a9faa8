"""A plain PDF of an invoice: one page after another of text, made without any library."""

from collections.abc import Sequence

from flexprice_emulator.invoices.tables import InvoiceLineItemRow, InvoiceRow
from flexprice_emulator.rating.decimals import to_text

_ROWS = 48
_FIRST_ROW = 780
_ROW_HEIGHT = 15


def invoice_pdf(invoice: InvoiceRow, lines: Sequence[InvoiceLineItemRow]) -> bytes:
    """The document's bytes."""
    rows = _rows(invoice, lines)
    pages = [rows[start : start + _ROWS] for start in range(0, len(rows), _ROWS)]
    count = len(pages)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {count} /Kids [{' '.join(f'{4 + 2 * n} 0 R' for n in range(count))}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, page in enumerate(pages):
        page_object = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R >>"
        )
        objects.append(page_object.encode())
        content = _content(page)
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content))
    return _document(objects)


def _rows(invoice: InvoiceRow, lines: Sequence[InvoiceLineItemRow]) -> list[str]:
    currency = invoice.currency.upper()
    rows = [f"Invoice {invoice.invoice_number or invoice.id}", f"Status: {invoice.invoice_status}", invoice.description, ""]
    if invoice.period_start and invoice.period_end:
        rows.append(f"Period: {invoice.period_start:%Y-%m-%d} to {invoice.period_end:%Y-%m-%d}")
    if invoice.due_date:
        rows.append(f"Due: {invoice.due_date:%Y-%m-%d}")
    rows.append("")
    rows += [f"{line.display_name or ''}   {to_text(line.quantity)}   {to_text(line.amount)} {currency}" for line in lines]
    totals = ("subtotal", "total_discount", "total_prepaid_credits_applied", "total_tax", "total", "amount_due")
    rows += ["", *(f"{name.replace('_', ' ').capitalize()}: {to_text(getattr(invoice, name))} {currency}" for name in totals)]
    return rows


def _content(rows: Sequence[str]) -> bytes:
    shown = [_text(row) for row in rows]
    return b"BT /F1 11 Tf 50 %d Td %d TL\n%b\nET" % (_FIRST_ROW, _ROW_HEIGHT, b"\n".join(b"(%b) Tj T*" % row for row in shown))


def _text(row: str) -> bytes:
    return row.encode("cp1252", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _document(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
