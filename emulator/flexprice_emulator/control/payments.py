"""/_emulator/payments/sandbox: what the stand-in for the payment provider does, and its answers given by hand."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any, Literal, TypeVar

from fastapi import HTTPException, Query
from pydantic import BaseModel, ConfigDict

from flexprice_client.models.payments import PaymentResponse
from flexprice_emulator.control.duration import Duration
from flexprice_emulator.control.held import Held, Server, Span
from flexprice_emulator.wire.errors import EmulatorError
from flexprice_emulator.workspace.context import Context, Principal
from flexprice_emulator.workspace.workspace import Workspace

T = TypeVar("T")
# No provider answers later, and time has an end.
LONGEST_DELAY = timedelta(days=366)


class SandboxRuleRequest(BaseModel):
    """`customer_id` left out: for everybody without a rule of their own. `delay` counts for late charges and for links."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    customer_id: str = ""
    outcome: Literal["succeed", "decline", "require_action", "timeout", "late"]
    decline_code: str = ""
    delay: Span | None = None


class SandboxRule(BaseModel):
    """A rule; `customer_id` is null for everybody's."""

    customer_id: str | None
    outcome: str
    decline_code: str
    delay_seconds: int


class SandboxRules(BaseModel):
    """Without any rule provider payments fail as without a gateway connection."""

    environment_id: str
    rules: list[SandboxRule]


class SandboxAnswer(BaseModel):
    """What the provider reports of a payment that waits for it."""

    model_config = ConfigDict(extra="forbid")

    payment_id: str
    outcome: Literal["succeed", "decline"]
    decline_code: str = ""


def list_rules(workspace: Held, server: Server) -> SandboxRules:
    """All rules of the workspace."""
    return _in(workspace, server, lambda ctx: _rules(ctx))


def set_rule(request: SandboxRuleRequest, workspace: Held, server: Server) -> SandboxRules:
    """Tell how charges and links end from now on; replaces the customer's rule."""

    def act(ctx: Context) -> SandboxRules:
        from flexprice_emulator.payments import sandbox

        delay = None if request.delay is None else _length(request.delay, ctx)
        sandbox.set_rule(ctx, request.customer_id, request.outcome, request.decline_code, delay)
        return _rules(ctx)

    return _in(workspace, server, act)


def clear_rules(workspace: Held, server: Server, customer_id: Annotated[str | None, Query()] = None) -> SandboxRules:
    """Forget one customer's rule, or all rules."""

    def act(ctx: Context) -> SandboxRules:
        from flexprice_emulator.payments import sandbox

        sandbox.clear_rules(ctx, customer_id)
        return _rules(ctx)

    return _in(workspace, server, act)


def answer(request: SandboxAnswer, workspace: Held, server: Server) -> dict[str, Any]:
    """Have the provider report now: a customer who authenticates, pays at a link, or gives up. Answers the payment."""

    def act(ctx: Context) -> dict[str, Any]:
        from flexprice_emulator.payments import provider_answers, reads

        payment = reads.get_row(ctx, request.payment_id)
        provider_answers.answer(ctx, payment, request.outcome, request.decline_code)
        shown: PaymentResponse = reads.read(ctx, payment)
        return shown.to_wire()

    return _in(workspace, server, act)


def _rules(ctx: Context) -> SandboxRules:
    from flexprice_emulator.payments import sandbox

    rules = [
        SandboxRule(
            customer_id=row.customer_id or None, outcome=row.outcome, decline_code=row.decline_code, delay_seconds=row.delay_seconds
        )
        for row in sandbox.rules(ctx)
    ]
    return SandboxRules(environment_id=ctx.environment_id, rules=rules)


def _length(delay: Duration, ctx: Context) -> timedelta:
    try:
        length = delay.after(ctx.now) - ctx.now
    except OverflowError:
        length = timedelta.max
    if length > LONGEST_DELAY:
        raise HTTPException(422, f"delay: {delay.text} is longer than {LONGEST_DELAY.days} days")
    return length


def _in(workspace: Workspace, server: Any, act: Callable[[Context], T]) -> T:
    principal = Principal(tenant_id=workspace.tenant_id) if workspace.tenant_id else Principal()
    try:
        with workspace.transaction() as session:
            return act(Context(workspace, session, workspace.clock.now(), principal, server=server))
    except EmulatorError as error:
        raise HTTPException(error.status, dict(error.body or {}).get("message")) from None
