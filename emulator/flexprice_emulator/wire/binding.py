"""Request bodies and query strings to request models, with the reference's refusals (wire.md §3, §5).

Two stages, as there: text that does not bind answers the route's fixed hint without details; a bound body that
breaks its validator tags answers `Request validation failed` with one detail per field.
"""

import json
import re
import types
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin
from zoneinfo import available_timezones

from pydantic import BaseModel
from pydantic import ValidationError as PydanticValidationError

from flexprice_client.models.base import ZERO_TIME, Rule, WireRequest
from flexprice_emulator.wire.errors import ValidationError

ModelT = TypeVar("ModelT", bound=WireRequest)

_INITIALISMS = {"id": "ID", "ids": "IDs", "url": "URL", "uri": "URI", "api": "API", "ip": "IP", "utc": "UTC", "ui": "UI"}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


_decoder = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse)
_float_decoder = json.JSONDecoder(parse_constant=_refuse)
_SPACE = " \t\r\n"
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read_json(raw: bytes, *, floats: bool = False) -> Any:
    """The first JSON value of a body; trailing text is ignored. Numbers keep their literal digits unless `floats`.

    Raises ValueError for empty, malformed or too deeply nested text and for NaN and Infinity.
    """
    text = raw.decode("utf-8", errors="replace").lstrip(_SPACE)
    if not text:
        raise ValueError("empty body")
    try:
        value, _ = (_float_decoder if floats else _decoder).raw_decode(text)
        return _mended(value) if _SURROGATE.search(text) else value
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _mended(value: Any) -> Any:
    """Half of a surrogate pair is no text that could be stored: it becomes U+FFFD, as the reference reads it."""
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, list):
        return [_mended(entry) for entry in value]
    if isinstance(value, dict):
        return {_mended(key): _mended(entry) for key, entry in value.items()}
    return value


def bind_body(model: type[ModelT], raw: bytes, hint: str, *, optional: bool = False, floats: bool = False) -> ModelT:
    """A validated request. Raises ValidationError with `hint`, or with the failed tags of each field."""
    if optional and not raw.strip():
        raw = b"{}"
    try:
        data = read_json(raw, floats=floats)
    except (ValueError, RecursionError):
        raise ValidationError(hint) from None
    if data is None:
        data = {}
    return bind(model, data, hint)


def bind(model: type[ModelT], data: object, hint: str) -> ModelT:
    """As bind_body, from decoded JSON."""
    try:
        try:
            request = model.model_validate(data)
        except PydanticValidationError as error:
            problems = error.errors(include_url=False, include_input=False)
            if any(problem["type"] != "missing" for problem in problems) or not isinstance(data, dict):
                raise ValidationError(hint) from None
            # A missing field reads as its zero value and then fails its own tags, together with the others'.
            filled = _with_zeros(model, cast(dict[str, Any], data))
            request = model.model_validate(filled)
    except (PydanticValidationError, RecursionError):
        raise ValidationError(hint) from None
    if not _binds(request):
        raise ValidationError(hint)
    check_tags(request)
    return request


def check_tags(request: WireRequest) -> None:
    """Raises ValidationError with the failed tags of each field, also for requests nested in others."""
    failures = dict(_failures(request, type(request).__name__))
    if failures:
        raise ValidationError("Request validation failed", failures)


def bind_query(model: type[ModelT], query: Sequence[tuple[str, str]], hint: str) -> ModelT:
    """A list filter from a query string: keys repeat for lists, `sort` as plain text does not bind where it is a list."""
    data: dict[str, Any] = {}
    for key, text in query:
        info = model.model_fields.get(key)
        if info is None:
            continue
        kind = _plain(info.annotation)
        origin = get_origin(kind)
        if origin is list:
            item = _plain(get_args(kind)[0])
            if not (isinstance(item, type) and issubclass(item, str)):
                raise ValidationError(hint)
            data.setdefault(key, []).append(text)
        elif key in data:
            continue  # the first of a repeated scalar counts
        else:
            data[key] = _query_value(kind, text, hint)
    return bind(model, data, hint)


def _query_value(kind: object, text: str, hint: str) -> object:
    if kind is int:
        if text == "":
            return None
        if not re.fullmatch(r"[+-]?\d{1,18}", text, re.ASCII):
            raise ValidationError(hint)
        return int(text)
    if kind is bool:
        if text == "":
            return False
        if text in ("1", "t", "T", "TRUE", "true", "True"):
            return True
        if text in ("0", "f", "F", "FALSE", "false", "False"):
            return False
        raise ValidationError(hint)
    if text == "" and kind in (datetime, Decimal, float):
        return None
    if kind is float:
        try:
            return float(text)
        except ValueError:
            raise ValidationError(hint) from None
    return text


def _plain(annotation: object) -> Any:
    """The annotation without `| None` and Annotated."""
    while True:
        origin = get_origin(annotation)
        if origin is Union or origin is types.UnionType:
            members = [member for member in get_args(annotation) if member is not type(None)]
            annotation = members[0]
        elif hasattr(annotation, "__metadata__"):
            annotation = get_args(annotation)[0]
        else:
            return annotation


def _zero(annotation: object) -> object:
    kind = _plain(annotation)
    origin = get_origin(kind)
    if kind is str:
        return ""
    if kind is bool:
        return False
    if kind is int:
        return 0
    if kind is float:
        return 0.0
    if kind is Decimal:
        return Decimal(0)
    if kind is datetime:
        return ZERO_TIME
    if kind is list or origin is list:
        return []
    return {}


def _with_zeros(model: type[BaseModel], data: dict[str, Any]) -> dict[str, Any]:
    filled = dict(data)
    for name, info in model.model_fields.items():
        kind = _plain(info.annotation)
        if filled.get(name) is None:
            if info.is_required():
                value = _zero(info.annotation)
                filled[name] = _with_zeros(kind, {}) if isinstance(kind, type) and issubclass(kind, BaseModel) else value
        elif isinstance(kind, type) and issubclass(kind, BaseModel) and isinstance(filled[name], dict):
            filled[name] = _with_zeros(kind, filled[name])
        elif get_origin(kind) is list and isinstance(filled[name], list):
            item = _plain(get_args(kind)[0])
            if isinstance(item, type) and issubclass(item, BaseModel):
                filled[name] = [_with_zeros(item, entry) if isinstance(entry, dict) else entry for entry in filled[name]]
    return filled


@cache
def field_name(wire_name: str) -> str:
    """external_id -> ExternalID."""
    return "".join(_INITIALISMS.get(part, part[:1].upper() + part[1:]) for part in wire_name.split("_"))


@cache
def _rules(model: type[BaseModel]) -> tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]:
    """(attribute, name there, tags) of each field that has a rule or nests a model."""
    found = []
    for attribute, info in model.model_fields.items():
        rule = next((mark for mark in info.metadata if isinstance(mark, Rule)), None)
        kind = _plain(info.annotation)
        nested = isinstance(kind, type) and issubclass(kind, BaseModel)
        if rule is None and not nested:
            continue
        tags = _tags(rule.tags) if rule else ()
        found.append((attribute, (rule.name if rule and rule.name else field_name(info.alias or attribute)), tags))
    return tuple(found)


def _tags(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((tag.partition("=")[0], tag.partition("=")[2]) for tag in text.split(",") if tag)


@cache
def _binding_rules(model: type[BaseModel]) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """(attribute, tags) of the fields whose tags are checked while the body binds."""
    marks = ((attribute, mark) for attribute, info in model.model_fields.items() for mark in info.metadata if isinstance(mark, Rule))
    return tuple((attribute, _tags(mark.binding)) for attribute, mark in marks if mark.binding)


def _binds(request: BaseModel) -> bool:
    """Whether the binding tags of a request hold, and those of requests inside it."""
    for attribute, tags in _binding_rules(type(request)):
        held = getattr(request, attribute)
        if _first_failure(held, tags):
            return False
        if ("dive", "") in tags and not all(_binds(entry) for entry in held or ()):
            return False
    nested = (getattr(request, attribute) for attribute, _, _ in _rules(type(request)))
    return all(_binds(held) for held in nested if isinstance(held, BaseModel))


def _failures(value: BaseModel, path: str) -> Iterable[tuple[str, str]]:
    for attribute, name, tags in _rules(type(value)):
        held = getattr(value, attribute)
        where = f"{path}.{name}"
        failed = _first_failure(held, tags)
        if failed:
            yield name, f"Key: '{where}' Error:Field validation for '{name}' failed on the '{failed}' tag"
            continue
        if isinstance(held, BaseModel):
            yield from _failures(held, where)
        elif isinstance(held, list) and ("dive", "") in tags:
            for index, entry in enumerate(cast(list[object], held)):
                if isinstance(entry, BaseModel):
                    yield from _failures(entry, f"{where}[{index}]")


def _is_zero(value: object) -> bool:
    if isinstance(value, Decimal):
        return False  # a struct there: never empty
    return value is None or value == ZERO_TIME or not (value or isinstance(value, BaseModel))


def _first_failure(value: object, tags: Sequence[tuple[str, str]]) -> str | None:
    for tag, argument in tags:
        if tag == "omitempty":
            if _is_zero(value):
                return None
        elif tag == "dive":
            return None
        elif tag == "required":
            if _is_zero(value):
                return tag
        elif value is not None and not _passes(tag, argument, value):
            return tag
    return None


def _passes(tag: str, argument: str, value: Any) -> bool:
    if tag == "oneof":
        return str(value) in argument.split(" ")
    if tag == "email":
        return bool(_EMAIL.match(str(value)))
    if tag == "timezone":
        return str(value) in available_timezones()
    if tag in ("url", "uri"):
        return bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z", str(value)))
    size = Decimal(len(value)) if isinstance(value, str | Mapping | list) else Decimal(value)
    bound = Decimal(argument)
    checks = {"min": size >= bound, "max": size <= bound, "len": size == bound}
    checks |= {"gt": size > bound, "gte": size >= bound, "lt": size < bound, "lte": size <= bound}
    return checks[tag]
