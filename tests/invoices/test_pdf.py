"""The printed invoice: who, when, every line and figure."""

import re
import string
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from flexprice_emulator.invoices import fonts
from flexprice_emulator.invoices.pdf import money
from tests.subscriptions.shop import ADVANCE, Shop, usage


def printed(content: bytes) -> list[str]:
    """The texts of a document, in its order."""
    found = re.findall(rb"\(((?:\\.|[^\\)])*)\) Tj", content, re.DOTALL)
    return [re.sub(rb"\\(.)", rb"\1", text).decode("cp1252") for text in found]


def test_it_shows_customer_dates_lines_and_what_is_due(shop: Shop) -> None:
    shop.coupon("TEN", "10")
    shop.tax("VAT", "19")
    customer = shop.customer(email="billing@acme.example", address_line1="1 Main St", address_postal_code="50667", address_city="Köln")
    shop.api.post("/wallets", {"customer_id": customer["id"], "currency": "usd", "initial_credits_to_load": "7.5"})
    made = shop.subscribe(
        customer,
        shop.plan("pro", ADVANCE, usage(shop.feature()["meter_id"])),
        subscription_coupons=[{"coupon_code": "TEN"}],
        tax_rate_overrides=[{"tax_rate_code": "VAT", "currency": "usd", "auto_apply": True}],
    )
    shop.use(customer, "calls", "40", "2026-03-05T00:00:00Z")
    shop.api.post(f"/subscriptions/temporal/{made['id']}/draft-and-compute", expect=202)
    draft = next(i for i in shop.invoices(made, invoice_status="DRAFT") if i["billing_reason"] == "SUBSCRIPTION_CYCLE")
    unnumbered = printed(shop.api.send("GET", f"/invoices/{draft['id']}/pdf").content)
    assert f"{draft['id']}   DRAFT" in unnumbered

    shop.api.post(f"/invoices/{draft['id']}/finalize")
    number = shop.api.get(f"/invoices/{draft['id']}")["invoice_number"]
    content = shop.api.send("GET", f"/invoices/{draft['id']}/pdf").content
    assert content == shop.api.send("GET", f"/invoices/{draft['id']}/pdf").content
    texts = printed(content)
    wanted = ["Invoice", f"{number}   FINALIZED", "Bill to", "Acme", "billing@acme.example", "1 Main St", "50667 Köln", "Dates"]
    wanted += ["Issued 2026-03-10", "Due 2026-04-02", "Period from 2026-03-01", "Period to 2026-04-01"]
    wanted += [f"Invoice for subscription {made['id']}", "Description", "Period", "Quantity", "Amount"]
    wanted += ["Base", "2026-04-01 to 2026-05-01", "1", "30.00 USD", "Calls", "2026-03-01 to 2026-04-01", "40", "20.00 USD"]
    wanted += ["Subtotal", "50.00 USD", "Discount", "-5.00 USD", "Prepaid credits", "-7.50 USD", "VAT", "8.55 USD", "Total", "46.05 USD"]
    assert texts == [*wanted, "Amount remaining", "46.05 USD"]


def one_off(shop: Shop, line: str, **customer: str) -> bytes:
    """The document of a one-off invoice with one line of a name."""
    made = shop.customer(**customer)["id"] if customer else "c"
    body = {"customer_id": made, "invoice_type": "ONE_OFF", "currency": "usd", "subtotal": "1", "total": "1", "amount_due": "1"}
    made = shop.api.post("/invoices", {**body, "line_items": [{"display_name": line, "quantity": "1", "amount": "1"}]})
    content: bytes = shop.api.send("GET", f"/invoices/{made['id']}/pdf").content
    return content


def placed(content: bytes) -> list[tuple[float, float, str]]:
    """(x, y, text) of each text, in points from the lower left."""
    found = re.findall(rb"([\d.]+) ([\d.]+) Td[^()]*\(((?:\\.|[^\\)])*)\) Tj", content, re.DOTALL)
    return [(float(x), float(y), text.decode("cp1252")) for x, y, text in found]


def test_long_names_are_broken_and_meet_nothing(shop: Shop) -> None:
    long = "The Holding Company for International Media Generation Services " * 2
    texts = placed(one_off(shop, "A" * 200, name=long, email="x" * 90 + "@example.com", address_city="L" * 100))
    dates = next(x for x, _, text in texts if text == "Dates")
    left = [text for x, _, text in texts if x < dates]
    assert all(len(text) < 60 for text in left)
    assert "".join(left).count("A") >= 200
    head = min(y for _, y, text in texts if "LLL" in text)
    assert max(y for _, y, text in texts if text == "Description") < head


def test_long_tax_names_leave_room_for_their_amount(shop: Shop) -> None:
    rate = {"name": "Value added tax of the federal republic, standard rate", "code": "V", "tax_rate_type": "percentage"}
    shop.api.post("/taxes/rates", {**rate, "percentage_value": "19"})
    body = {"customer_id": "c", "invoice_type": "ONE_OFF", "currency": "usd", "subtotal": "100", "total": "100", "amount_due": "100"}
    made = shop.api.post("/invoices", {**body, "tax_rate_overrides": [{"tax_rate_code": "V", "currency": "usd", "auto_apply": True}]})
    texts = placed(shop.api.send("GET", f"/invoices/{made['id']}/pdf").content)
    rows = {y: text for _, y, text in texts}
    amount, total = (next(y for _, y, text in texts if text == wanted) for wanted in ("19.00 USD", "119.00 USD"))
    broken = [text for _, y, text in texts if total < y <= amount + 3 and text != "19.00 USD"]
    assert " ".join(broken) == rate["name"]
    assert rows[amount] == "19.00 USD"


def test_texts_that_look_like_the_librarys_own_signs_stay(shop: Shop) -> None:
    assert "Page {nb} of {nb}" in printed(one_off(shop, "Page {nb} of {nb}"))


def new_font(path: Path, letters: str) -> None:
    """A font file in which each of these letters, and no other, is a box."""
    builder = import_module("fontTools.fontBuilder").FontBuilder(1000, isTTF=True)
    pen = import_module("fontTools.pens.ttGlyphPen").TTGlyphPen(None)
    for move, point in (("moveTo", (0, 0)), ("lineTo", (0, 700)), ("lineTo", (500, 700)), ("lineTo", (500, 0))):
        getattr(pen, move)(point)
    pen.closePath()
    names = [".notdef", *(f"uni{ord(letter):04X}" for letter in letters)]
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(letter): name for letter, name in zip(letters, names[1:], strict=True)})
    builder.setupGlyf(dict.fromkeys(names, pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (600, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": path.stem, "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)


@pytest.fixture
def machine_fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that holds all the fonts this machine has."""
    monkeypatch.setattr(fonts, "FOLDERS", [tmp_path])
    return tmp_path


def glyphs(content: bytes) -> str:
    """The letters of the embedded fonts' texts, by the tables that tell what each glyph stands for."""
    return "".join(bytes.fromhex(code.decode()).decode("utf-16-be") for code in re.findall(rb"<[0-9A-F]{4}> <([0-9A-F]{4})>\n", content))


def test_other_scripts_are_printed_in_fonts_of_the_machine(shop: Shop, machine_fonts: Path) -> None:
    new_font(machine_fonts / "Wide.ttf", string.ascii_letters + string.digits + " -.,:" + "株式会社")
    new_font(machine_fonts / "More.ttf", "Привет")
    content = one_off(shop, "株式会社 Привет ☃")
    assert set("株式会社Привет?") <= set(glyphs(content)) | {"?"}
    assert "☃" not in glyphs(content)
    assert content == shop.api.send("GET", f"/invoices/{shop.api.get('/invoices')['items'][0]['id']}/pdf").content


def test_a_broken_font_file_is_passed_over(shop: Shop, machine_fonts: Path) -> None:
    (machine_fonts / "Broken.ttf").write_bytes(b"no font")
    assert "??" in printed(one_off(shop, "株式"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [("Acme", "Acme"), ("Привет", "Привет"), ("חברה", "הרבח"), ("Acme חברה", "Acme הרבח"), ("شركة", "\ufe94\ufedb\ufeae\ufeb7")],
)
def test_scripts_from_right_to_left_are_put_in_order_and_joined(text: str, shown: str) -> None:
    assert fonts.in_print_order(text) == shown


def test_headings_stand_on_every_page_and_unknown_letters_are_marked(shop: Shop, machine_fonts: Path) -> None:
    assert not list(machine_fonts.iterdir())
    items: list[dict[str, Any]] = [{"display_name": f"Line ({n}) \\ € 日本", "quantity": "1", "amount": "1"} for n in range(60)]
    body = {"customer_id": "c", "invoice_type": "ONE_OFF", "currency": "usd", "subtotal": "60", "total": "60", "amount_due": "60"}
    made = shop.api.post("/invoices", {**body, "line_items": items})
    texts = printed(shop.api.send("GET", f"/invoices/{made['id']}/pdf").content)
    assert texts.count("Description") == 3
    assert [text for text in texts if text.startswith("Line")] == [f"Line ({n}) \\ € ??" for n in range(60)]


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [("12.5", "usd", "12.50 USD"), ("0.128888889", "usd", "0.128888889 USD"), ("7", "jpy", "7 JPY"), ("-3", "usd", "-3.00 USD")],
)
def test_money_has_the_currency_and_loses_no_digit(amount: str, currency: str, shown: str) -> None:
    assert money(Decimal(amount), currency) == shown


@pytest.mark.parametrize("prefix", ["СЧЕТ", "請求", "💥", "ÄÖ"])
def test_a_number_and_a_currency_in_any_letters_are_printed(shop: Shop, prefix: str) -> None:
    numbering = {"prefix": prefix, "format": "YYYY", "start_sequence": 7, "timezone": "UTC", "suffix_length": 3}
    shop.api.put("/settings/invoice_config", {"value": numbering})
    body = {"customer_id": "c", "invoice_type": "ONE_OFF", "currency": "usд", "subtotal": "1", "total": "1", "amount_due": "1"}
    made = shop.api.post("/invoices", {**body, "line_items": [{"display_name": "Setup", "quantity": "1", "amount": "1"}]})
    assert shop.api.get(f"/invoices/{made['id']}")["invoice_number"] == f"{prefix}-2026-007"
    answer = shop.api.send("GET", f"/invoices/{made['id']}/pdf")
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
