"""Rows to response models by field name, without validation: what is stored is known to be well typed."""

from functools import cache
from typing import Any, TypeVar

from flexprice_client.models.base import WireModel

from flexprice_emulator.workspace.context import Context

ModelT = TypeVar("ModelT", bound=WireModel)


@cache
def _fields(model: type[WireModel], row_type: type[object]) -> tuple[tuple[str, str], ...]:
    """(field, row attribute); a reserved attribute name has a trailing underscore (`metadata_`)."""
    found = []
    for name in model.model_fields:
        for attribute in (f"{name}_", name):
            if hasattr(row_type, attribute):
                found.append((name, attribute))
                break
    return tuple(found)


def present(ctx: Context, model: type[ModelT], row: Any, **extra: Any) -> ModelT:
    """A response of `row`'s columns, the environment and tenant, and what `extra` adds or overrides."""
    row_type: type[object] = type(row)
    values: dict[str, Any] = {name: getattr(row, attribute) for name, attribute in _fields(model, row_type)}
    if "environment_id" in model.model_fields:
        values.setdefault("environment_id", ctx.environment_id)
    if "tenant_id" in model.model_fields:
        values.setdefault("tenant_id", ctx.tenant_id)
    values.update(extra)
    shown: ModelT = model.model_construct(**values)
    return shown
