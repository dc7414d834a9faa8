"""Field types that read exact text, and the base every object of a rules file shares."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ModelWrapValidatorHandler,
    PrivateAttr,
    WithJsonSchema,
    model_validator,
)

from flexprice_rules.document import Map, Text
from flexprice_rules.issues import NOWHERE, Place

_DECIMAL: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_INTEGER: Final = re.compile(r"[+-]?[0-9]+")
_TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,6})?([Zz]|[+-]\d{2}:\d{2})")
_LONGEST_DIGITS: Final = 40
_INT64: Final = 2**63 - 1


def _decimal(value: Any) -> Any:
    if isinstance(value, bool | float):
        raise ValueError("amounts are exact: give text or a Decimal, not a float or a boolean")
    if isinstance(value, str):
        if len(value) > _LONGEST_DIGITS or not _DECIMAL.fullmatch(value):
            raise ValueError("not a plain decimal number such as 10 or 0.025")
        return Decimal(value)
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError("not a finite number")
    return value


def integer(value: Any) -> Any:
    if isinstance(value, str):
        if len(value) > _LONGEST_DIGITS or not _INTEGER.fullmatch(value) or abs(int(value)) > _INT64:
            raise ValueError("not a whole number")
        return int(value)
    return value


def _boolean(value: Any) -> Any:
    if isinstance(value, str):
        if value not in ("true", "false"):
            raise ValueError("only true and false are booleans")
        return value == "true"
    return value


def _time(value: Any) -> Any:
    if isinstance(value, str):
        if not _TIME.fullmatch(value):
            raise ValueError("not an RFC 3339 time with zone such as 2025-01-31T00:00:00Z")
        try:
            return datetime.fromisoformat(value.upper())
        except ValueError:
            raise ValueError("no such time") from None
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("a time needs a zone")
    return value


def _label(value: Any) -> Any:
    # Programs may give booleans and integers where a file gives their text.
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else value


def _not_empty(value: str) -> str:
    if not value.strip():
        raise ValueError("cannot be empty")
    return value


def _free(value: Any) -> Any:
    """A free-form value for JSON: true, false and whole numbers by their plain spelling, everything else text."""
    if isinstance(value, Text):
        if value.plain and value in ("true", "false"):
            return value == "true"
        if value.plain and len(value) < _LONGEST_DIGITS and _INTEGER.fullmatch(value):
            return int(value)
        return str(value)
    if isinstance(value, dict):
        return {str(key): _free(item) for key, item in value.items()}
    return [_free(item) for item in value] if isinstance(value, list) else value


def _currency(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{3}", value):
        raise ValueError("a currency is three letters")
    return value.lower()


_NUMBER_OR_TEXT: Final = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^[+-]?[0-9]+(\.[0-9]+)?$"}]}
_WORD: Final = {"type": ["string", "number", "boolean"]}

Number = Annotated[Decimal, BeforeValidator(_decimal), WithJsonSchema(_NUMBER_OR_TEXT)]
Integer = Annotated[int, BeforeValidator(integer), WithJsonSchema({"type": "integer"})]
Boolean = Annotated[bool, BeforeValidator(_boolean), WithJsonSchema({"type": "boolean"})]
Time = Annotated[datetime, BeforeValidator(_time), WithJsonSchema({"type": "string", "format": "date-time"})]
Word = Annotated[str, BeforeValidator(_label), AfterValidator(_not_empty), WithJsonSchema(_WORD)]
String = Annotated[str, BeforeValidator(_label), WithJsonSchema(_WORD)]
Currency = Annotated[str, AfterValidator(_currency)]
Free = Annotated[Any, BeforeValidator(_free)]
Metadata = dict[str, String]


class Item(BaseModel):
    """An object of a rules file. It remembers where it was written; objects built in Python have no place."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    _origin: Map | Place | None = PrivateAttr(default=None)

    @model_validator(mode="wrap")
    @classmethod
    def _remember(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if isinstance(data, Map):
            # `field:` with nothing after it is a field left out, so that its default applies.
            given = {key: value for key, value in data.items() if value is not None or _wants_null(cls, key)}
            item = handler(given)
            item._origin = data
            return item
        return handler(data)

    @property
    def place(self) -> Place:
        """Where the object starts."""
        if isinstance(self._origin, Place):
            return self._origin
        return self._origin.place if self._origin is not None else NOWHERE

    def place_of(self, field: str) -> Place:
        """Where the value of `field` stands; the object itself when the field was left out."""
        if isinstance(self._origin, Map) and field in self._origin.values_at:
            return self._origin.values_at[field]
        return self.place

    def placed(self, place: Place) -> Self:
        """The same object, said to stand at `place`: for objects expanded from another part of the file."""
        self._origin = place
        return self

    def given(self, *fields: str) -> bool:
        """Whether any of `fields` was written (even with its default value)."""
        return any(field in self.model_fields_set for field in fields)


def _wants_null(cls: type[BaseModel], key: str) -> bool:
    # An unknown key must reach the validator, or `nmae:` would pass unseen.
    return key not in cls.model_fields
