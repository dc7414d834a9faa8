"""Rows to response models by field name, without validation: what is stored is known to be well typed."""

from typing import Any, TypeVar, cast

from flexprice_client.models.base import WireModel
from flexprice_emulator.workspace.context import Context

ModelT = TypeVar("ModelT", bound=WireModel)


_FIELDS: dict[tuple[type[WireModel], object], tuple[tuple[str, str], ...]] = {}


def _fields(model: type[WireModel], row: object) -> tuple[tuple[str, str], ...]:
    """(field, row attribute); a reserved attribute name has a trailing underscore (`metadata_`)."""
    key = (model, row.__class__)
    if key not in _FIELDS:
        found = []
        for name in model.model_fields:
            attribute = next((held for held in (f"{name}_", name) if hasattr(row.__class__, held)), None)
            if attribute is not None:
                found.append((name, attribute))
        _FIELDS[key] = tuple(found)
    return _FIELDS[key]


def present(ctx: Context, model: type[ModelT], row: Any, **extra: Any) -> ModelT:
    """A response of `row`'s columns, the environment and tenant, and what `extra` adds or overrides."""
    values: dict[str, Any] = {name: getattr(row, attribute) for name, attribute in _fields(model, row)}
    if "environment_id" in model.model_fields:
        values.setdefault("environment_id", ctx.environment_id)
    if "tenant_id" in model.model_fields:
        values.setdefault("tenant_id", ctx.tenant_id)
    values.update(extra)
    return cast(ModelT, model.model_construct(**values))
