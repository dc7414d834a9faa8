"""Groups of prices or of features."""

from flexprice_client.models.groups import CreateGroupRequest, GroupFilter, GroupResponse, ListGroupsResponse
from flexprice_client.resources.calls import Fields, discard, fetch, post, with_page
from flexprice_client.resources.operation import AsyncResource, Call, SyncResource, operation, paged
from flexprice_client.resources.paging import Page


class GroupsOperations:
    @operation
    def create(self, request: CreateGroupRequest | Fields) -> Call[GroupResponse]:
        return post("/groups", GroupResponse, request)

    @operation
    def get(self, group_id: str) -> Call[GroupResponse]:
        return fetch("/groups/{id}", GroupResponse, id=group_id)

    @operation
    def delete(self, group_id: str) -> Call[None]:
        return discard("/groups/{id}", id=group_id)

    @operation
    def search(self, filter: GroupFilter | Fields | None = None) -> Call[ListGroupsResponse]:
        return post("/groups/search", ListGroupsResponse, filter or {})

    @paged
    def iter_all(self, page: Page, filter: GroupFilter | Fields | None = None) -> Call[ListGroupsResponse]:
        return post("/groups/search", ListGroupsResponse, with_page(filter, page))


class Groups(GroupsOperations, SyncResource):
    """Blocking operations on groups."""


class AsyncGroups(GroupsOperations, AsyncResource):
    """Awaiting operations on groups."""
