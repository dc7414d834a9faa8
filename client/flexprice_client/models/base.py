"""The wire's value rules as pydantic types (wire.md §4): decimals as strings, RFC 3339 times, null or left out.

A response model marks a field with OMIT_EMPTY (left out when empty, zero or false) or OMIT_NONE (left out
only when None); an unmarked field is always present and shows null when None. A request model's Rule names
the server's validator tags of a field.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, ClassVar, Final, Generic, TypeVar, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, model_serializer, model_validator
from pydantic_core import PydanticCustomError

ZERO_TIME: Final = datetime(1, 1, 1, tzinfo=UTC)

_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z", re.ASCII)
_MAX_EXPONENT: Final = 400
# Whole numbers have 64 bits.
_WHOLE_END: Final = 1 << 63
_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:[.,](\d+))?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)\Z", re.ASCII
)


def decimal_text(value: Decimal) -> str:
    """Plain notation, trailing fraction zeros cut: 10.50 -> "10.5", never an exponent."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def parse_decimal(value: object) -> Decimal:
    """A decimal from a JSON string or number, exactly as written. Raises ValueError for anything else."""
    if isinstance(value, Decimal):
        number = value
    elif isinstance(value, bool):
        raise ValueError("not a decimal")
    elif isinstance(value, int):
        number = Decimal(value)
    elif isinstance(value, float):
        number = Decimal(repr(value))
    elif isinstance(value, str) and _DECIMAL.match(value):
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise ValueError("not a decimal") from None
    else:
        raise ValueError("not a decimal")
    # A huge exponent would expand to that many digits in plain notation.
    if not number.is_finite() or abs(number.adjusted()) > _MAX_EXPONENT or len(number.as_tuple().digits) > 2 * _MAX_EXPONENT:
        raise ValueError("decimal out of range")
    return number


def parse_time(value: object) -> datetime:
    """UTC datetime from RFC 3339 text with a zone (fraction allowed, cut to microseconds). Raises ValueError."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time needs a zone")
        return value.astimezone(UTC)
    match = _RFC3339.match(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("not an RFC 3339 time with a zone")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    fraction = (match[7] or "")[:6].ljust(6, "0")
    moment = datetime(year, month, day, hour, minute, second, int(fraction), tzinfo=UTC)
    zone = match[8]
    if zone != "Z":
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
        try:
            moment = moment - offset if zone[0] == "+" else moment + offset
        except OverflowError:
            raise ValueError("time out of range") from None
    return moment


def time_text(value: datetime) -> str:
    """RFC 3339 in UTC, fraction with trailing zeros cut."""
    moment = value.astimezone(UTC) if value.tzinfo is not None else value.replace(tzinfo=UTC)
    text = f"{moment.year:04d}-{moment.month:02d}-{moment.day:02d}T{moment.hour:02d}:{moment.minute:02d}:{moment.second:02d}"
    if moment.microsecond:
        text += f".{moment.microsecond:06d}".rstrip("0")
    return text + "Z"


_T = TypeVar("_T")


def _checked(parse: Callable[[object], _T], kind: str) -> Callable[[object], _T]:
    def validate(value: object) -> _T:
        try:
            return parse(value)
        except ValueError as error:
            raise PydanticCustomError(kind, "{reason}", {"reason": str(error)}) from None

    return validate


Dec = Annotated[Decimal, BeforeValidator(_checked(parse_decimal, "decimal")), PlainSerializer(decimal_text, return_type=str)]
"""A decimal: string on the wire, string or number accepted."""

Timestamp = Annotated[datetime, BeforeValidator(_checked(parse_time, "time")), PlainSerializer(time_text, return_type=str)]
"""A UTC time: RFC 3339 on the wire."""


def _float(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise PydanticCustomError("float", "not a number")
    number = float(value)
    if number != number or number in (float("inf"), float("-inf")):
        raise PydanticCustomError("float", "number out of range")
    return number


def _shown(value: float) -> int | float:
    # Go prints a whole number without a fraction, up to where it goes over to an exponent.
    return int(value) if abs(value) < 1e21 and value == int(value) else value


Num = Annotated[float, BeforeValidator(_float), PlainSerializer(_shown, return_type=Any)]
"""A plain JSON number (binary float), as the few routes that do not use decimals send it; whole ones without a fraction."""

Metadata = dict[str, str]


@dataclass(frozen=True, slots=True)
class Omit:
    """Marks a response field that is left out: `empty` = also for "", 0, false, [] and {}."""

    empty: bool


OMIT_EMPTY: Final = Omit(empty=True)
OMIT_NONE: Final = Omit(empty=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """Validator tags of a request field in the server's own notation ("required,oneof=a b"), and its field name there
    where it is not the camel-cased wire name. `binding` tags are checked while the body binds, so that a failure answers
    the route's fixed hint instead of details."""

    tags: str = ""
    name: str = ""
    binding: str = ""


class WireModel(BaseModel):
    """Base of everything on the wire. Unknown fields are ignored, as the server and its SDKs do."""

    # Most processes use a few of some hundred models: each is built with its first use (under a lock since pydantic 2.14).
    model_config = ConfigDict(extra="ignore", populate_by_name=True, protected_namespaces=(), validate_default=False, defer_build=True)

    _omit_empty: ClassVar[tuple[str, ...]] = ()
    _omit_none: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        empty: list[str] = []
        none: list[str] = []
        for name, info in cls.model_fields.items():
            for mark in info.metadata:
                if isinstance(mark, Omit):
                    (empty if mark.empty else none).append(info.serialization_alias or info.alias or name)
        cls._omit_empty, cls._omit_none = tuple(empty), tuple(none)

    @model_serializer(mode="wrap")
    def _leave_out(self, handler: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        data = handler(self)
        for name in self._omit_none:
            if data.get(name) is None:
                data.pop(name, None)
        for name in self._omit_empty:
            if not data.get(name):
                data.pop(name, None)
        return data

    def to_wire(self) -> dict[str, Any]:
        """The JSON object as it is sent."""
        return self.model_dump(mode="json", by_alias=True)


class WireRequest(WireModel):
    """Base of request bodies: exact JSON types, null means "not given", names match in any case."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True, protected_namespaces=(), strict=True, defer_build=True)

    _whole: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        cls._whole = frozenset(name for name, info in cls.model_fields.items() if info.annotation in (int, int | None))

    @model_validator(mode="before")
    @classmethod
    def _absent(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        known = cls.model_fields
        given: dict[str, Any] = {}
        for key, value in cast(dict[str, Any], data).items():
            if value is None:
                continue
            if key not in known and isinstance(key, str):
                lower = key.lower()
                if lower in known and lower not in data:
                    key = lower
            if key in cls._whole and isinstance(value, int) and not -_WHOLE_END <= value < _WHOLE_END:
                raise PydanticCustomError("int", "number out of range")
            given[key] = value
        return given

    @model_serializer(mode="wrap")
    def _leave_out(self, handler: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        return {name: value for name, value in handler(self).items() if value is not None}


class Pagination(WireModel):
    """The page of a list; `offset` is the next or the requested one, by list (wire.md §5)."""

    total: int
    limit: int
    offset: int


ItemT = TypeVar("ItemT")


class ListResponse(WireModel, Generic[ItemT]):
    """The common list envelope."""

    items: list[ItemT]
    pagination: Pagination


class SuccessResponse(WireModel):
    """The answer of deletions and other acts without an object."""

    message: str


class FilterValue(WireRequest):
    """One of the members is set."""

    string: str | None = None
    number: Num | None = None
    boolean: bool | None = None
    date: Timestamp | None = None
    array: list[str] | None = None


class FilterCondition(WireRequest):
    """One condition of the search language; conditions are ANDed (wire.md §5)."""

    field: str | None = None
    operator: str | None = None
    data_type: str | None = None
    value: FilterValue | None = None


class SortCondition(WireRequest):
    """One sort key; any direction other than desc is ascending."""

    field: str = ""
    direction: str = ""


class ListFilter(WireRequest):
    """What every search body and list query string takes."""

    limit: int | None = None
    offset: int | None = None
    status: str | None = None
    order: str | None = None
    expand: str | None = None
    start_time: Timestamp | None = None
    end_time: Timestamp | None = None


class SearchFilter(ListFilter):
    """A list filter with the search language."""

    filters: list[FilterCondition] | None = None
    sort: list[SortCondition] | None = None
