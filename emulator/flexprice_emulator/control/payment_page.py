"""The page a person sees at the provider's stand-in: /_emulator/payments/pay/{environment_id}/{page_id}. It works without scripts."""

from html import escape
from typing import Any
from urllib.parse import parse_qsl

import anyio.to_thread
from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from flexprice_emulator.control.payment_pages import inside
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.workspace import Workspace

# What banks say most often, and what people make of it.
CODES = (
    ("card_declined", "Card declined"),
    ("insufficient_funds", "Insufficient funds"),
    ("expired_card", "Expired card"),
    ("incorrect_cvc", "Incorrect security code"),
    ("do_not_honor", "Do not honor"),
    ("processing_error", "Processing error"),
)
_WORDS = {
    "payment": ("Pay", "Pay {amount}", "Decline the payment", "Paid. The provider has reported it."),
    "invoice": ("Pay invoice", "Pay {amount}", "Decline the payment", "Paid. The provider has reported it."),
    "setup": ("Save a card", "Save card", "Refuse the card", "Card saved. The provider has reported it."),
}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_STYLE = """
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--paper:#f6f8fa;--card:#fff;--line:#d0d7de;
--go:#0b5d2a;--no:#a40e26;--note:#fff8c5}
@media(prefers-color-scheme:dark){:root{--ink:#f0f3f6;--soft:#b1bac4;--paper:#0d1117;--card:#161b22;--line:#484f58;--note:#3b2e00}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--paper);color:var(--ink);
font:1rem/1.5 system-ui,sans-serif}main{width:100%;max-width:28rem;background:var(--card);border:1px solid var(--line);border-radius:.75rem;
padding:1.5rem}h1{margin:0 0 .25rem;font-size:1.25rem}.amount{margin:.25rem 0 1rem;font-size:2rem;font-weight:600;overflow-wrap:anywhere}
.note{margin:0 0 1rem;padding:.5rem .75rem;border-radius:.5rem;background:var(--note)}dl{display:grid;grid-template-columns:auto 1fr;
gap:.25rem 1rem;margin:0 0 1.25rem}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}form{margin:0 0 1rem}label{display:block;
margin-bottom:.25rem}button,select{width:100%;min-height:2.75rem;font:inherit;border-radius:.5rem;border:1px solid var(--line)}
select{margin-bottom:.5rem;padding:0 .5rem;background:var(--card);color:var(--ink)}
button{cursor:pointer;font-weight:600;color:#fff;border:0}
.go{background:var(--go)}.no{background:var(--no)}:focus-visible{outline:3px solid #0969da;outline-offset:2px}
fieldset{margin:0;padding:1rem;border:1px solid var(--line);border-radius:.5rem}a{color:inherit}
"""


def show(environment_id: str, page_id: str, request: Request) -> Response:
    """The page as it stands."""
    return inside(_workspace(environment_id, request), request.app.state.edge, request, lambda ctx: _render(ctx, page_id))


async def press(environment_id: str, page_id: str, request: Request) -> Response:
    """A button was pressed: act, then lead on as the provider would."""
    form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
    action, code = form.get("action", ""), form.get("decline_code", "")
    if action not in ("pay", "decline"):
        raise HTTPException(422, "action: pay or decline")

    def act(ctx: Context) -> Response:
        from flexprice_emulator.payments.provider import actions, pages

        page = pages.get_page(ctx, page_id)
        if page.state == "open":
            actions.act(ctx, page, "pay" if action == "pay" else "decline", code)
        leads_on = page.success_url if action == "pay" and page.state == "paid" else ""
        return RedirectResponse(leads_on or pages.page_path(ctx, page), 303, headers=_HEADERS)

    workspace = _workspace(environment_id, request)
    return await anyio.to_thread.run_sync(lambda: inside(workspace, request.app.state.edge, request, act))


def _workspace(environment_id: str, request: Request) -> Workspace:
    found: Workspace | None = request.app.state.registry.get(environment_id)
    if found is None:
        raise HTTPException(404, f"no environment {environment_id}")
    return found


def _render(ctx: Context, page_id: str) -> HTMLResponse:
    from flexprice_emulator.payments.provider import pages

    page = pages.get_page(ctx, page_id)
    title, go, refuse, done = _WORDS[page.purpose]
    amount = _amount(page)
    shown_amount = f'<p class="amount">{escape(amount)}</p>' if page.purpose != "setup" else ""
    if page.state == "open":
        refused = (
            f'<p class="note" role="alert">Declined: {escape(_declined(page.last_decline))}. Try again.</p>' if page.last_decline else ""
        )
        rest = refused + _forms(go.format(amount=amount), refuse)
    else:
        said = done if page.state == "paid" else f"This page is {page.state}: nothing can be paid here any more."
        rest = f'<p class="note" role="status">{escape(said)}</p>'
    onward = page.cancel_url if page.state == "open" else page.success_url if page.state == "paid" else page.cancel_url
    if onward:
        rest += f'<p><a href="{escape(onward)}">{"Cancel and go back" if page.state == "open" else "Continue"}</a></p>'
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in _facts(ctx, page) if value)
    text = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)} – payment sandbox</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>{escape(title)}</h1>{shown_amount}<p>Payment sandbox: no money moves.</p><dl>{facts}</dl>{rest}</main></body></html>"
    )
    return HTMLResponse(text, headers=_HEADERS)


def _declined(code: str) -> str:
    words = dict(CODES).get(code)
    return code if words is None else f"{words.lower()} ({code})"


def _forms(go: str, refuse: str) -> str:
    options = "".join(f'<option value="{code}">{escape(name)}</option>' for code, name in CODES)
    return (
        f'<form method="post"><input type="hidden" name="action" value="pay"><button class="go">{escape(go)}</button></form>'
        f'<form method="post"><fieldset><legend>Or let it fail</legend><input type="hidden" name="action" value="decline">'
        f'<label for="code">Reason</label><select id="code" name="decline_code">{options}</select>'
        f'<button class="no">{escape(refuse)}</button></fieldset></form>'
    )


def _amount(page: Any) -> str:
    from flexprice_emulator.rating.decimals import currency_places

    return f"{page.amount:,.{currency_places(page.currency)}f} {page.currency.upper()}" if page.currency else ""


def _facts(ctx: Context, page: Any) -> list[tuple[str, str]]:
    from flexprice_emulator.customers.tables import CustomerRow
    from flexprice_emulator.invoices.tables import InvoiceRow
    from flexprice_emulator.payments.tables import PaymentRow

    customer = ctx.session.get(CustomerRow, page.customer_id)
    payment = ctx.session.get(PaymentRow, page.payment_id)
    invoice = ctx.session.get(InvoiceRow, page.invoice_id or (payment.destination_id if payment is not None else ""))
    return [
        ("Provider", page.provider),
        ("Customer", (customer.name or customer.external_id) if customer is not None else page.customer_id),
        ("Invoice", (invoice.invoice_number or invoice.id) if invoice is not None else ""),
        ("Payment", page.payment_id),
    ]
