"""Laws of billing, over the API's plain JSON: for any target, the emulator or the real service, and any application's tests.

A law is a generator of `Violation`s; nothing found means that it holds. `hold(*laws)` raises on the first undocumented ones:

    hold(totals(invoice), settlement(invoice), numbering(invoices))

Amounts are compared as exact decimals. Invoices are taken as `GET /invoices/{id}` shows them, with their lines; the lists
a law takes may hold invoices of any status and of other subscriptions. A violation that names a line of docs/quirks.md in
`documented` (one of `Quirk`) is behaviour of the real service: `hold` gives these back, to be counted.
"""

from flexprice_emulator.testing.laws.base import Json, LawBroken, Quirk, Violation, hold
from flexprice_emulator.testing.laws.figures import discounts, numbering, settlement, taxes, totals
from flexprice_emulator.testing.laws.money import ledger
from flexprice_emulator.testing.laws.periods import anchored, lines_once, periods
from flexprice_emulator.testing.laws.previews import preview_matches
from flexprice_emulator.testing.laws.usage import Sighting, reported, sightings, usage_once
from flexprice_emulator.testing.laws.worlds import digest, same

__all__ = [
    "Json",
    "LawBroken",
    "Quirk",
    "Sighting",
    "Violation",
    "anchored",
    "digest",
    "discounts",
    "hold",
    "ledger",
    "lines_once",
    "numbering",
    "periods",
    "preview_matches",
    "reported",
    "same",
    "settlement",
    "sightings",
    "taxes",
    "totals",
    "usage_once",
]
