"""Meters on the wire: how events become quantities (rating.md §1)."""

from typing import Annotated

from flexprice_client.models.base import OMIT_EMPTY, OMIT_NONE, Dec, ListFilter, ListResponse, Rule, Timestamp, WireModel, WireRequest


class Aggregation(WireRequest):
    """`field` and `expression` exclude each other; `multiplier` is for SUM_WITH_MULTIPLIER, `bucket_size` for MAX and SUM,
    `group_by` for bucketed MAX."""

    type: str = ""
    field: Annotated[str, OMIT_EMPTY] = ""
    expression: Annotated[str, OMIT_EMPTY] = ""
    multiplier: Annotated[Dec | None, OMIT_NONE] = None
    bucket_size: Annotated[str, OMIT_EMPTY] = ""
    group_by: Annotated[str, OMIT_EMPTY] = ""


class MeterFilter(WireRequest):
    """An event property and the values that count, compared as text."""

    key: str = ""
    values: list[str] | None = None


class CreateMeterRequest(WireRequest):
    name: Annotated[str, Rule("required")]
    event_name: Annotated[str, Rule("required")]
    aggregation: Annotated[Aggregation, Rule("required")]
    filters: list[MeterFilter] | None = None
    reset_usage: Annotated[str, Rule("required")]


class UpdateMeterRequest(WireRequest):
    """Replaces the filters; at least one is needed."""

    filters: list[MeterFilter] | None = None


class MeterQuery(ListFilter):
    """A list filter. `sort` names one column."""

    meter_ids: list[str] | None = None
    event_name: str | None = None
    sort: str | None = None


class MeterAggregation(WireModel):
    """As Aggregation, in an answer."""

    type: str
    field: Annotated[str, OMIT_EMPTY] = ""
    expression: Annotated[str, OMIT_EMPTY] = ""
    multiplier: Annotated[Dec | None, OMIT_NONE] = None
    bucket_size: Annotated[str, OMIT_EMPTY] = ""
    group_by: Annotated[str, OMIT_EMPTY] = ""


class MeterResponse(WireModel):
    """`filters` is null only in the answer that creates a meter without any."""

    id: str
    name: str
    tenant_id: str = ""
    event_name: str
    aggregation: MeterAggregation
    filters: list[MeterFilter] | None = None
    reset_usage: str
    created_at: Timestamp
    updated_at: Timestamp
    status: str = "published"


ListMetersResponse = ListResponse[MeterResponse]
