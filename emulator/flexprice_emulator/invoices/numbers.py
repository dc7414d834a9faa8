"""Invoice numbers and due dates (invoices.md §5.4-5.6).

Invariants: one counter per date text, it only grows; the date is the moment of finalizing in the configured zone.
"""

from datetime import datetime

from flexprice_emulator.invoices.tables import InvoiceSequenceRow
from flexprice_emulator.platform.settings import service as settings
from flexprice_emulator.rating.periods import moved, zone
from flexprice_emulator.workspace.context import Context

_DATE_FORMS = {"YYYYMM": "%Y%m", "YYYYMMDD": "%Y%m%d", "YYMMDD": "%y%m%d", "YY": "%y", "YYYY": "%Y"}
PAYMENT_TERMS = {f"{days} NET": days for days in (15, 30, 45, 60, 75, 90)}


def next_number(ctx: Context) -> str:
    """`INV-202601-00001`, and the counter moved."""
    config = settings.value(ctx, "invoice_config")
    local = ctx.now.astimezone(zone(str(config["timezone"])))
    date_text = local.strftime(_DATE_FORMS[config["format"]])
    # What waits to be written is written with the number.
    with ctx.session.no_autoflush:
        counter = ctx.session.get(InvoiceSequenceRow, date_text)
    if counter is None:
        counter = ctx.add(InvoiceSequenceRow(date_text=date_text, last_value=int(config["start_sequence"]) - 1))
    counter.last_value += 1
    sequence = str(counter.last_value).zfill(int(config["suffix_length"]))
    return str(config.get("separator", "-")).join((str(config["prefix"]), date_text, sequence))


def due_date(ctx: Context, period_end: datetime, payment_terms: str | None) -> datetime:
    """Period end plus the payment terms' days, or the configured number of days without terms."""
    days = PAYMENT_TERMS.get(payment_terms or "")
    if days is None:
        days = int(settings.value(ctx, "invoice_config").get("due_date_days", 1))
    return moved(period_end, days=days)
