"""Webhooks under rules: sent twice, late, or after the next one.

A rule is asked once for each delivery, at its first try; retries and deliveries sent again by hand go as they are.
"""

from collections.abc import Callable
from datetime import timedelta

from flexprice_emulator.faults.book import FaultBook
from flexprice_emulator.faults.rules import WEBHOOK_KINDS, Rule
from flexprice_emulator.webhooks import queue
from flexprice_emulator.webhooks.tables import WebhookDeliveryRow
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.due_kinds import Outside


def under_faults(ctx: Context, row: WebhookDeliveryRow, act: Outside) -> Outside | None:
    """`act` as the rules change it; None where the delivery is put off instead."""
    book: FaultBook | None = getattr(ctx.server, "faults", None)
    if not book and not (book is not None and book.held):
        return act
    assert book is not None
    decided = book.decided.setdefault(ctx.environment_id, set())
    waiting = book.held.get(ctx.environment_id, {}).get(row.endpoint_id, [])
    if row.id in waiting:
        # Nobody came after it in time.
        waiting.remove(row.id)
    if row.id not in decided:
        decided.add(row.id)
        for rule in book.of(ctx.environment_id, *WEBHOOK_KINDS):
            # Who comes after one that is held lets it go, and is not held itself.
            if rule.kind == "webhook_reorder" and waiting:
                continue
            if rule.pattern.matches_event(row.event_name) and rule.strikes() is not None:
                if rule.kind == "webhook_duplicate":
                    act = _repeated(act, rule.options["times"])
                else:
                    _put_off(ctx, book, row, rule)
                    return None
    return _then_release(book, ctx.environment_id, row.endpoint_id, act)


def _put_off(ctx: Context, book: FaultBook, row: WebhookDeliveryRow, rule: Rule) -> None:
    delay: timedelta = rule.options["duration" if rule.kind == "webhook_delay" else "at_most"]
    queue.wait_until(ctx, row, ctx.now + delay)
    if rule.kind == "webhook_reorder":
        book.held.setdefault(ctx.environment_id, {}).setdefault(row.endpoint_id, []).append(row.id)


def _repeated(act: Outside, times: int) -> Outside:
    def all_of_them() -> Callable[[Context], None]:
        records = [act() for _ in range(times)]

        def record(later: Context) -> None:
            for each in records:
                each(later)

        return record

    return all_of_them


def _then_release(book: FaultBook, environment_id: str, endpoint_id: str, act: Outside) -> Outside:
    """Send what was held for this endpoint once `act` is done."""

    def both() -> Callable[[Context], None]:
        record = act()

        def after(later: Context) -> None:
            record(later)
            for delivery_id in book.held.get(environment_id, {}).pop(endpoint_id, []):
                held = later.session.get(WebhookDeliveryRow, delivery_id)
                if held is not None and held.state == "waiting":
                    queue.wait_until(later, held, later.now)

        return after

    return both
