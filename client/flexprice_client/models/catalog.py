"""What responses of the catalogue and of others embed: the plain plan and add-on, and the columns all entities share."""

from typing import Annotated, Any

from flexprice_client.models.base import OMIT_EMPTY, Metadata, Timestamp, WireModel


class EntityFields(WireModel):
    """`status` is published, archived or deleted."""

    environment_id: str = ""
    tenant_id: str = ""
    status: str = "published"
    created_at: Timestamp
    updated_at: Timestamp
    created_by: str = ""
    updated_by: str = ""


class Plan(EntityFields):
    """A plan without what belongs to it. A display_order of 0 is shown: it is a pointer there."""

    id: str
    name: str
    lookup_key: str = ""
    description: str = ""
    display_order: int | None = 0
    metadata: Metadata | None = None


class Addon(EntityFields):
    """An add-on without what belongs to it. `metadata` values are any JSON."""

    id: str
    lookup_key: Annotated[str, OMIT_EMPTY] = ""
    name: Annotated[str, OMIT_EMPTY] = ""
    description: Annotated[str, OMIT_EMPTY] = ""
    metadata: Annotated[dict[str, Any] | None, OMIT_EMPTY] = None
