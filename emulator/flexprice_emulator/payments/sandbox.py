"""A stand-in for the payment provider: told beforehand how a charge or a link ends, for one customer or for all.

Without a rule nothing is connected, and provider payments fail as they do in the reference without a gateway connection.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select

from flexprice_emulator.payments.tables import PaymentRow, PaymentSandboxRuleRow, ProviderPageRow
from flexprice_emulator.workspace.context import Context

OUTCOMES = ("succeed", "decline", "require_action", "timeout", "late")
EVERYBODY = ""
DEFAULT_LATENESS = timedelta(minutes=1)
# Performed by payments/provider_answers.py.
ANSWER = "payment.provider_answer"


def rule_for(ctx: Context, customer_id: str) -> PaymentSandboxRuleRow | None:
    """The customer's own rule, else everybody's."""
    row = PaymentSandboxRuleRow
    # Everybody's has an empty id, which sorts first.
    query = select(row).where(row.customer_id.in_((customer_id, EVERYBODY))).order_by(row.customer_id.desc())
    return ctx.session.scalar(query.limit(1))


def set_rule(ctx: Context, customer_id: str, outcome: str, decline_code: str = "", delay: timedelta | None = None) -> PaymentSandboxRuleRow:
    """Put a rule in the place of the one there was. `delay` is how long a link or a late charge waits for its answer."""
    clear_rules(ctx, customer_id)
    waits = delay if delay is not None else (DEFAULT_LATENESS if outcome == "late" else timedelta(0))
    return ctx.add(
        PaymentSandboxRuleRow(
            customer_id=customer_id,
            outcome=outcome,
            decline_code=decline_code,
            delay_seconds=int(waits.total_seconds()),
            created_at=ctx.now,
        )
    )


def rules(ctx: Context) -> Sequence[PaymentSandboxRuleRow]:
    """All rules, everybody's first."""
    return ctx.session.scalars(select(PaymentSandboxRuleRow).order_by(PaymentSandboxRuleRow.customer_id)).all()


def clear_rules(ctx: Context, customer_id: str | None = None) -> int:
    """Forget a customer's rule (or everybody's with an empty id), all of them without one. Returns how many there were."""
    statement = delete(PaymentSandboxRuleRow)
    if customer_id is not None:
        statement = statement.where(PaymentSandboxRuleRow.customer_id == customer_id)
    return len(ctx.session.execute(statement.returning(PaymentSandboxRuleRow.customer_id)).all())


def charge_now(ctx: Context, page: ProviderPageRow) -> None:
    """Have the provider charge the card it keeps, as soon as work is done."""
    ctx.schedule(ANSWER, ctx.now, key=f"{ANSWER}/{page.id}", page_id=page.id, outcome="succeed", decline_code="")


def answer_later(ctx: Context, about: PaymentRow | ProviderPageRow, rule: PaymentSandboxRuleRow) -> None:
    """Have the provider report the rule's outcome after its delay; later changes of the rule do not matter."""
    refuses = rule.outcome == "decline" or (rule.outcome == "late" and bool(rule.decline_code))
    ctx.schedule(
        ANSWER,
        ctx.now + timedelta(seconds=rule.delay_seconds),
        key=f"{ANSWER}/{about.id}",
        **{"payment_id" if isinstance(about, PaymentRow) else "page_id": about.id},
        outcome="decline" if refuses else "succeed",
        decline_code=rule.decline_code,
    )
