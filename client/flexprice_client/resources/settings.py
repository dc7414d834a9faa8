"""Settings: one JSON object per key."""

from flexprice_client.models.base import SuccessResponse
from flexprice_client.models.settings import SettingResponse, UpdateSettingRequest
from flexprice_client.resources.calls import Fields, delete, fetch, put
from flexprice_client.resources.operation import AsyncResource, Call, SyncResource, operation


class SettingsOperations:
    @operation
    def get(self, key: str) -> Call[SettingResponse]:
        """The setting; of a key never written its default."""
        return fetch("/settings/{key}", SettingResponse, key=key)

    @operation
    def update(self, key: str, request: UpdateSettingRequest | Fields) -> Call[SettingResponse]:
        """Replace the value whole: it must hold every required key (wire.md §10)."""
        return put("/settings/{key}", SettingResponse, request, key=key)

    @operation
    def delete(self, key: str) -> Call[SuccessResponse]:
        """Go back to the default. Raises NotFoundError for a key never written."""
        return delete("/settings/{key}", SuccessResponse, key=key)


class Settings(SettingsOperations, SyncResource):
    """Blocking operations on settings."""


class AsyncSettings(SettingsOperations, AsyncResource):
    """Awaiting operations on settings."""
