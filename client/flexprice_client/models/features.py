"""Features on the wire: metered, boolean, static or config."""

from typing import Annotated

from flexprice_client.models.alert_thresholds import AlertSettings
from flexprice_client.models.base import (
    OMIT_EMPTY,
    OMIT_NONE,
    Dec,
    ListResponse,
    Metadata,
    Rule,
    SearchFilter,
    WireModel,
    WireRequest,
)
from flexprice_client.models.catalog import EntityFields
from flexprice_client.models.groups import GroupResponse
from flexprice_client.models.meters import CreateMeterRequest, MeterFilter, MeterResponse


class ReportingUnitInput(WireRequest):
    """Another unit to show usage in: shown = usage x conversion_rate."""

    unit_singular: str = ""
    unit_plural: str = ""
    conversion_rate: Dec | None = None


class CreateFeatureRequest(WireRequest):
    """A metered feature takes a meter to be made with it, or the id of one."""

    name: Annotated[str, Rule("required")]
    lookup_key: str = ""
    description: str = ""
    type: Annotated[str, Rule("required")]
    meter_id: str = ""
    meter: CreateMeterRequest | None = None
    metadata: Metadata | None = None
    unit_singular: str = ""
    unit_plural: str = ""
    reporting_unit: ReportingUnitInput | None = None
    alert_settings: AlertSettings | None = None
    group_id: str = ""


class UpdateFeatureRequest(WireRequest):
    """`filters` replaces those of the feature's meter; an empty group_id leaves the group."""

    name: str | None = None
    description: str | None = None
    metadata: Metadata | None = None
    unit_singular: str | None = None
    unit_plural: str | None = None
    reporting_unit: ReportingUnitInput | None = None
    filters: list[MeterFilter] | None = None
    alert_settings: AlertSettings | None = None
    group_id: str | None = None


class CloneFeatureRequest(WireRequest):
    """What is left out is copied; metadata is joined with the source's."""

    name: str = ""
    lookup_key: str = ""
    description: str | None = None
    metadata: Metadata | None = None


class FeatureFilter(SearchFilter):
    """`name_contains` ignores case."""

    feature_ids: list[str] | None = None
    meter_ids: list[str] | None = None
    lookup_key: str | None = None
    lookup_keys: list[str] | None = None
    name_contains: str | None = None


class ReportingUnit(WireModel):
    unit_singular: str = ""
    unit_plural: str = ""
    conversion_rate: Annotated[Dec | None, OMIT_NONE] = None


class FeatureResponse(EntityFields):
    id: str
    name: str
    lookup_key: str = ""
    description: str = ""
    meter_id: str = ""
    metadata: Metadata | None = None
    type: str
    unit_singular: str = ""
    unit_plural: str = ""
    reporting_unit: Annotated[ReportingUnit | None, OMIT_NONE] = None
    alert_settings: Annotated[AlertSettings | None, OMIT_NONE] = None
    group_id: Annotated[str, OMIT_EMPTY] = ""
    meter: Annotated[MeterResponse | None, OMIT_NONE] = None
    group: Annotated[GroupResponse | None, OMIT_NONE] = None


ListFeaturesResponse = ListResponse[FeatureResponse]
