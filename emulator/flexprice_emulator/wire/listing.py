"""Lists: limits, offsets, default statuses, the search language, sorting (wire.md §5).

Each list declares once how it behaves in a ListSpec; `page` does the rest.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from sqlalchemy import Boolean, ColumnElement, Float, Integer, Select, Text, cast, func, not_, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeEngine

from flexprice_client.models.base import (
    FilterCondition,
    ListFilter,
    ListResponse,
    Pagination,
    SearchFilter,
    SortCondition,
    WireModel,
    parse_decimal,
    parse_time,
)
from flexprice_emulator.wire.errors import UNEXPECTED, ValidationError
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.storage import Money, UtcTime

RowT = TypeVar("RowT")
ModelT = TypeVar("ModelT", bound=WireModel)
DEFAULT_LIMIT = 50
MAX_LIMIT = 1000
_SHOWN = ("published",)
_DATA_TYPES = ("string", "number", "date", "array")
_REFUSED_LIMIT = {"limit": f"must be between 1 and {MAX_LIMIT}"}


@dataclass(frozen=True)
class ListSpec(Generic[RowT]):
    """How one list behaves.

    `zero_limit`: what limit 0 does; `over_limit`: what a limit outside 1..1000 does ("echo" = as asked, all rows for -1).
    `next_offset`: whether pagination.offset is offset + limit. `unlimited`: a request with a base field but no limit
    gives all rows. `expands`: allowed names, or None where expand is ignored. `statuses`: shown unless asked (None = all).
    `conditions_checked`: whether incomplete filter conditions are refused.
    """

    table: type[RowT]
    statuses: Collection[str] | None = _SHOWN
    zero_limit: Literal["default", "refuse", "echo"] = "default"
    over_limit: Literal["refuse", "echo", "default"] = "refuse"
    limit_hint: str = UNEXPECTED
    next_offset: bool = True
    unlimited: bool = False
    order_checked: bool = True
    expands: Collection[str] | None = None
    time_column: str | None = "created_at"
    conditions_checked: bool = False
    default_order: Sequence[str] = ("created_at",)
    sort_replaces_default: bool = False
    unknown_field_hint: str = "Failed to list"


@dataclass(frozen=True, slots=True)
class Page(Generic[RowT]):
    """Rows of a page and its pagination."""

    rows: Sequence[RowT]
    pagination: Pagination

    def response(self, items: Sequence[ModelT]) -> ListResponse[ModelT]:
        """The common envelope around the presented rows."""
        return ListResponse[ModelT].model_construct(items=list(items), pagination=self.pagination)


def expand_names(spec: ListSpec[Any], text: str | None) -> frozenset[str]:
    """The names of an expand parameter (dots kept, and each prefix). Raises ValidationError where a name is refused."""
    names: set[str] = set()
    for name in (text or "").split(","):
        name = name.strip()
        if not name:
            continue
        parts = name.split(".")
        if spec.expands is not None and parts[0] not in spec.expands:
            raise ValidationError("Field is not allowed to be expanded", {"field": parts[0]})
        names.update(".".join(parts[: index + 1]) for index in range(len(parts)))
    return frozenset(names)


def page(ctx: Context, spec: ListSpec[RowT], wanted: ListFilter, *where: ColumnElement[bool]) -> Page[RowT]:
    """One page of a list under its spec's rules. Raises ValidationError as the reference does for each parameter."""
    limit, offset, everything = _window(spec, wanted)
    if spec.order_checked and wanted.order not in (None, "", "asc", "desc"):
        raise ValidationError(spec.limit_hint, {"order": "must be either 'asc' or 'desc'"})
    expand_names(spec, wanted.expand)
    clauses = [*where, *_base_clauses(spec, wanted)]
    sort: Sequence[SortCondition] = ()
    if isinstance(wanted, SearchFilter):
        clauses += conditions(spec, wanted.filters or ())
        sort = wanted.sort or ()
    query = select(spec.table).where(*clauses)
    total = ctx.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    query = _ordered(spec, query, sort, wanted.order or "desc")
    if not everything:
        query = query.limit(limit).offset(offset)
    rows = ctx.session.scalars(query).all()
    shown = offset + limit if spec.next_offset and (limit < 0 or not everything) else (0 if everything else offset)
    return Page(rows, Pagination.model_construct(total=total, limit=limit, offset=shown))


def _window(spec: ListSpec[Any], wanted: ListFilter) -> tuple[int, int, bool]:
    """(limit, offset, all rows)."""
    limit, offset = wanted.limit, wanted.offset or 0
    everything = False
    if limit is None:
        given = any(getattr(wanted, name) not in (None, "") for name in ("status", "offset", "order", "expand"))
        if spec.unlimited and given:
            return 0, 0, True
        limit = DEFAULT_LIMIT
    elif limit == 0:
        if spec.zero_limit == "refuse":
            raise ValidationError(spec.limit_hint, _REFUSED_LIMIT)
        limit = DEFAULT_LIMIT if spec.zero_limit == "default" else 0
        everything = spec.zero_limit == "echo"
    elif not 1 <= limit <= MAX_LIMIT:
        if spec.over_limit == "refuse":
            raise ValidationError(spec.limit_hint, _REFUSED_LIMIT)
        if spec.over_limit == "default":
            limit = DEFAULT_LIMIT
    if offset < 0:
        raise ValidationError(spec.limit_hint, {"offset": "must be non-negative"})
    if limit < 0:
        everything = True
        return limit, offset, everything
    return min(limit, (1 << 62)), min(offset, 1 << 62), everything


def column(spec: ListSpec[Any], name: str) -> InstrumentedAttribute[Any] | None:
    """A table's attribute by its database column name."""
    for attribute in spec.table.__mapper__.column_attrs:
        if attribute.columns[0].name == name:
            found: InstrumentedAttribute[Any] = getattr(spec.table, attribute.key)
            return found
    return None


def _base_clauses(spec: ListSpec[Any], wanted: ListFilter) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    status = column(spec, "status")
    if status is not None:
        if wanted.status:
            clauses.append(status == wanted.status)
        elif spec.statuses is not None:
            clauses.append(status.in_(list(spec.statuses)))
    if wanted.start_time and wanted.end_time and wanted.end_time < wanted.start_time:
        raise ValidationError("Please provide a valid time range", {"end_time": "must be after start_time"})
    moment = column(spec, spec.time_column) if spec.time_column else None
    if moment is not None:
        if wanted.start_time:
            clauses.append(moment >= wanted.start_time)
        if wanted.end_time:
            clauses.append(moment <= wanted.end_time)
    return clauses


def conditions(spec: ListSpec[Any], filters: Sequence[FilterCondition]) -> list[ColumnElement[bool]]:
    """The search language's conditions; what the reference drops silently is dropped here too."""
    clauses = []
    for condition in filters:
        if spec.conditions_checked:
            _check(condition)
        if condition.value is None:
            # The reference crashes here; a refusal that says why is the one sane outcome.
            raise ValidationError("Value is required", {"field": condition.field or ""})
        attribute = column(spec, condition.field or "")
        if attribute is None:
            raise ValidationError(spec.unknown_field_hint)
        try:
            clause = _clause(attribute, condition)
        except ValueError:
            raise ValidationError(spec.unknown_field_hint) from None
        if clause is not None:
            clauses.append(clause)
    return clauses


def _check(condition: FilterCondition) -> None:
    for name in ("field", "operator", "data_type", "value"):
        if not getattr(condition, name):
            raise ValidationError(f"{name.replace('_', ' ').capitalize()} is required")
    if condition.data_type not in _DATA_TYPES:
        raise ValidationError("Invalid data type", {"allowed": list(_DATA_TYPES), "data_type": condition.data_type})
    value = condition.value
    if value is not None and getattr(value, condition.data_type) is None:
        raise ValidationError(f"Value must be of type {condition.data_type}")


def _clause(attribute: InstrumentedAttribute[Any], condition: FilterCondition) -> ColumnElement[bool] | None:
    """One condition, None where the reference drops it. Raises ValueError where value and column cannot be compared."""
    value = condition.value
    if value is None:
        return None
    kind = attribute.property.columns[0].type
    # Decimals are stored as texts, and numbers of a filter need not be whole.
    column_: ColumnElement[Any] = cast(attribute, Float) if isinstance(kind, Money | Integer) else attribute.expression

    def typed(held: object) -> object:
        return _typed(kind, held)

    match condition.operator:
        case "eq":
            held = next((v for v in (value.string, value.number, value.boolean, value.date, value.array) if v is not None), None)
            return None if held is None else column_ == typed(held)
        case "contains" | "not_contains" if value.string is not None:
            if not isinstance(kind, Text):
                raise ValueError("not a text")
            pattern = value.string.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            found = func.lower(column_).like(f"%{pattern.lower()}%", escape="\\")
            return found if condition.operator == "contains" else not_(found)
        case "gt" if value.number is not None:
            return column_ > typed(value.number)
        case "lt" if value.number is not None:
            return column_ < typed(value.number)
        case "in" if value.array:
            return column_.in_([typed(held) for held in value.array])
        case "not_in" if value.array:
            return column_.not_in([typed(held) for held in value.array])
        case "before" if value.date is not None:
            return column_ < typed(value.date)
        case "after" if value.date is not None:
            return column_ > typed(value.date)
        case _:
            return None


def _typed(kind: TypeEngine[Any], held: object) -> object:
    """A filter's value as its column's type. Raises ValueError where it cannot be one."""
    if isinstance(kind, UtcTime):
        return parse_time(held)
    if isinstance(kind, Money | Integer):
        if isinstance(held, bool) or not isinstance(held, str | int | float):
            raise ValueError("not a number")
        return float(parse_decimal(held))
    if isinstance(kind, Boolean):
        if held not in (True, False, "true", "false"):
            raise ValueError("not a boolean")
        return held in (True, "true")
    if not isinstance(kind, Text) or not isinstance(held, str):
        raise ValueError("not a text")
    return held


def _ordered(spec: ListSpec[Any], query: Select[Any], sort: Sequence[SortCondition], order: str) -> Select[Any]:
    keys: list[Any] = []
    for key in sort:
        attribute = column(spec, key.field)
        if attribute is None:
            raise ValidationError(spec.unknown_field_hint)
        keys.append(_sorted(attribute, descending=key.direction == "desc"))
    if not keys or not spec.sort_replaces_default:
        for name in spec.default_order:
            attribute = column(spec, name)
            if attribute is not None:
                keys.append(_sorted(attribute, descending=order != "asc"))
    # Ids rise with time, so rows of one instant keep their order of creation.
    identity = column(spec, "id")
    if identity is not None:
        alone = bool(sort) and spec.sort_replaces_default
        keys.append(identity.asc() if order == "asc" or alone else identity.desc())
    return query.order_by(*keys)


def _sorted(attribute: InstrumentedAttribute[Any], *, descending: bool) -> ColumnElement[Any]:
    held = attribute.property.columns[0]
    # Decimals are stored as texts.
    by: ColumnElement[Any] = cast(attribute, Float) if isinstance(held.type, Money) else attribute.expression
    if not held.nullable:
        return by.desc() if descending else by.asc()
    # What is missing counts as greater than everything, as in the reference's database.
    return by.desc().nulls_first() if descending else by.asc().nulls_last()
