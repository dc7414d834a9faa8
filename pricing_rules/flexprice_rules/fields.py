"""Which fields the model has at a path, for suggestions."""

from collections.abc import Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel


def field_names(root: type[BaseModel], path: Sequence[str | int]) -> tuple[str, ...]:
    """Names of the fields that the object at `path` may have; empty when the path leads to no object."""
    here: Any = root
    for step in path:
        here = _inner(here, step)
    model = _model(here)
    return tuple(model.model_fields) if model is not None else ()


def _inner(annotation: Any, step: str | int) -> Any:
    if isinstance(step, str):
        model = _model(annotation)
        if model is not None:
            field = model.model_fields.get(step)
            return field.annotation if field is not None else None
    for option in _options(annotation):
        origin, arguments = get_origin(option), get_args(option)
        if origin in (list, tuple) and isinstance(step, int):
            return arguments[0]
        if origin is dict and isinstance(step, str):
            return arguments[1]
    return None


def _model(annotation: Any) -> type[BaseModel] | None:
    for option in _options(annotation):
        if isinstance(option, type) and get_origin(option) is None and issubclass(option, BaseModel):
            return option
    return None


def _options(annotation: Any) -> tuple[Any, ...]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _options(get_args(annotation)[0])
    return get_args(annotation) if origin in (Union, UnionType) else (annotation,)
