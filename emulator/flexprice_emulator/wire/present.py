"""Rows to response models by field name, without validation: what is stored is known to be well typed."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, TypeVar, cast

from flexprice_client.models.base import WireModel
from flexprice_emulator.workspace.context import Context

ModelT = TypeVar("ModelT", bound=WireModel)


class _Shape(NamedTuple):
    """How a model is made of a row.

    `fields`: (field, row attribute); `defaults` of all fields in order, `factories` of those made anew each time; `unfilled` fields
    have no default and are not the row's.
    """

    fields: tuple[tuple[str, str], ...]
    defaults: dict[str, Any]
    factories: tuple[tuple[str, Callable[[], Any]], ...]
    unfilled: tuple[str, ...]


_MISSING = object()
_SHAPES: dict[tuple[type[WireModel], object], _Shape] = {}


def _shape(model: type[WireModel], row: object) -> _Shape:
    """A reserved attribute name has a trailing underscore (`metadata_`)."""
    key = (model, row.__class__)
    if key not in _SHAPES:
        found: dict[str, str] = {}
        defaults: dict[str, Any] = {}
        factories = []
        for name, info in model.model_fields.items():
            attribute = next((held for held in (f"{name}_", name) if hasattr(row.__class__, held)), None)
            if attribute is not None:
                found[name] = attribute
            defaults[name] = _MISSING if info.is_required() else info.default
            if info.default_factory is not None or isinstance(info.default, list | dict):
                factories.append((name, partial(info.get_default, call_default_factory=True)))
        unfilled = [name for name, value in defaults.items() if value is _MISSING and name not in found]
        _SHAPES[key] = _Shape(tuple(found.items()), defaults, tuple(factories), tuple(unfilled))
    return _SHAPES[key]


def present(ctx: Context, model: type[ModelT], row: Any, **extra: Any) -> ModelT:
    """A response of `row`'s columns, the environment and tenant, and what `extra` adds or overrides."""
    fields, defaults, factories, unfilled = _shape(model, row)
    values = dict(defaults)
    for name, make in factories:
        values[name] = make()
    if "environment_id" in defaults:
        values["environment_id"] = ctx.environment_id
    if "tenant_id" in defaults:
        values["tenant_id"] = ctx.tenant_id
    # What is loaded stands in the row's dictionary; the rest is asked for.
    loaded = row.__dict__
    for name, attribute in fields:
        values[name] = loaded[attribute] if attribute in loaded else getattr(row, attribute)
    values.update(extra)
    for name in unfilled:
        if values[name] is _MISSING:
            del values[name]
    if not values.keys() <= defaults.keys():
        return cast(ModelT, model.model_construct(**values))
    # As model_construct, which looks for aliases field by field.
    made = model.__new__(model)
    object.__setattr__(made, "__dict__", values)
    object.__setattr__(made, "__pydantic_fields_set__", set(values))
    object.__setattr__(made, "__pydantic_extra__", None)
    object.__setattr__(made, "__pydantic_private__", None)
    return made
