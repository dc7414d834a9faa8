"""/_emulator/faults: rules by which things go wrong on purpose (docs/faults.md)."""

from collections import Counter
from typing import Annotated, Any

from fastapi import Body, HTTPException
from fastapi.exceptions import RequestValidationError

from flexprice_emulator.control.fault_models import FaultRequest, FaultRule, FaultRules
from flexprice_emulator.control.held import Held, Server
from flexprice_emulator.control.refusals import NO_OPERATION, not_called_so
from flexprice_emulator.faults import events
from flexprice_emulator.faults.matching import Pattern, UnknownName
from flexprice_emulator.faults.rules import WEBHOOK_KINDS, Rule


def list_faults(workspace: Held, server: Server) -> FaultRules:
    """The workspace's rules, used up ones too, with counts of what was injected."""
    rules = server.faults.rules(workspace.environment_id)
    return _listed(workspace.environment_id, rules)


def read_fault(fault_id: str, workspace: Held, server: Server) -> FaultRule:
    """One rule."""
    found = next((rule for rule in server.faults.rules(workspace.environment_id) if rule.id == fault_id), None)
    if found is None:
        raise _none(fault_id, workspace.environment_id)
    return FaultRule.of(found)


def set_fault(request: Annotated[FaultRequest, Body(discriminator="kind")], workspace: Held, server: Server) -> FaultRule:
    """Set a rule, which counts from now on. An operation that nothing is called by is refused."""
    pattern = Pattern.parse(request.operation)
    try:
        if request.kind in WEBHOOK_KINDS:
            events.check_event(pattern, request.operation)
        elif request.kind == "usage_lag":
            events.check_ingestion(pattern, request.operation)
        else:
            pattern.check(request.operation, server.table)
    except UnknownName as unknown:
        raise _refused(request.kind, request.operation, unknown) from None

    def make(rule_id: str) -> Rule:
        return Rule(
            id=rule_id,
            kind=request.kind,
            operation=request.operation,
            pattern=pattern,
            probability=request.probability,
            count=request.count,
            after=request.after,
            seed=request.seed,
            options=request.options(),
        )

    return FaultRule.of(server.faults.add(workspace.environment_id, make))


def remove_fault(fault_id: str, workspace: Held, server: Server) -> FaultRule:
    """Remove one rule; answers how it ended."""
    gone = server.faults.remove(workspace.environment_id, fault_id)
    if not gone:
        raise _none(fault_id, workspace.environment_id)
    return FaultRule.of(gone[0])


def clear_faults(workspace: Held, server: Server) -> FaultRules:
    """Remove all rules; answers how they ended."""
    return _listed(workspace.environment_id, server.faults.remove(workspace.environment_id))


def _listed(environment_id: str, rules: Any) -> FaultRules:
    injected: Counter[str] = Counter()
    for rule in rules:
        injected[rule.kind] += rule.injected
    return FaultRules(environment_id=environment_id, items=[FaultRule.of(rule) for rule in rules], injected=dict(injected))


def _none(fault_id: str, environment_id: str) -> HTTPException:
    return HTTPException(404, f"no fault rule {fault_id} in environment {environment_id}")


def _refused(kind: str, operation: str, unknown: UnknownName) -> RequestValidationError:
    if kind in WEBHOOK_KINDS:
        allowed = "no webhook event is called so; give *, an event such as invoice.update.finalized, or invoice.*"
    elif kind == "usage_lag":
        allowed = "usage_lag is for events that come in; give *, POST /events, or POST /events/bulk"
    else:
        allowed = NO_OPERATION
    return not_called_so(("body", kind, "operation"), operation, unknown, allowed)
