"""Groups of prices or features on the wire."""

from typing import Annotated

from flexprice_client.models.base import ListResponse, Metadata, Rule, SearchFilter, Timestamp, WireModel, WireRequest


class CreateGroupRequest(WireRequest):
    """`entity_type`: price or feature."""

    name: Annotated[str, Rule("required")]
    entity_type: Annotated[str, Rule("required")]
    lookup_key: Annotated[str, Rule("required")]
    metadata: Metadata | None = None


class GroupFilter(SearchFilter):
    """`name` matches a part of the name."""

    group_ids: list[str] | None = None
    entity_type: str | None = None
    lookup_key: str | None = None
    name: str | None = None


class GroupResponse(WireModel):
    """`entity_ids` is never filled by the server: [] at creation, null afterwards."""

    id: str
    name: str
    lookup_key: str
    entity_type: str
    entity_ids: list[str] | None = None
    status: str = "published"
    metadata: Metadata | None = None
    created_at: Timestamp
    updated_at: Timestamp


ListGroupsResponse = ListResponse[GroupResponse]
