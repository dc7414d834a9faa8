"""Mappings of our entities to a provider's (operations.md Integrations)."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select

from flexprice_client.models.base import Pagination, time_text
from flexprice_client.models.integrations import (
    DelinkIntegrationMappingRequest,
    EntityIntegrationMappingResponse,
    LinkIntegrationMappingRequest,
    LinkIntegrationMappingResponse,
    ListEntityIntegrationMappingsResponse,
)
from flexprice_emulator.connections.service import whole_second
from flexprice_emulator.integrations.tables import IntegrationMappingRow
from flexprice_emulator.wire.errors import NotFoundError, ValidationError
from flexprice_emulator.wire.present import present
from flexprice_emulator.workspace.context import Context

_NAMED = (
    "customer",
    "plan",
    "invoice",
    "subscription",
    "payment",
    "credit_note",
    "addon",
    "item",
    "item_price",
    "price",
    "invoice_line_item",
)
# The last one is taken, but the refusal does not name it.
ENTITY_TYPES = (*_NAMED, "subscription_line_item")


def check_entity_type(entity_type: str) -> None:
    """Raises ValidationError for a type that cannot be mapped."""
    if entity_type not in ENTITY_TYPES:
        raise ValidationError(f"Entity type must be one of: {', '.join(_NAMED)}")


def link(ctx: Context, request: LinkIntegrationMappingRequest) -> LinkIntegrationMappingResponse:
    """Map an entity to a provider's id; a mapping that is there is pointed at the new id."""
    check_entity_type(request.entity_type)
    now = whole_second(ctx)
    noted = {**(request.metadata or {}), "linked_at": time_text(now), "linked_via": "integrations_mapping_link_api"}
    row = active(ctx, request.entity_type, request.entity_id, request.provider_type)
    if row is None:
        row = ctx.add(
            IntegrationMappingRow(
                id=ctx.new_id("eim"),
                metadata_=noted,
                **request.model_dump(include={"entity_type", "entity_id", "provider_type", "provider_entity_id"}),
                **{**ctx.stamp(), "created_at": now, "updated_at": now},
            )
        )
    else:
        row.provider_entity_id, row.metadata_ = request.provider_entity_id, noted
        row.updated_at, row.updated_by = now, ctx.user_id
    return LinkIntegrationMappingResponse.model_construct(mapping=present(ctx, EntityIntegrationMappingResponse, row))


def delink(ctx: Context, request: DelinkIntegrationMappingRequest) -> None:
    """Archive a mapping. Raises NotFoundError where there is none."""
    check_entity_type(request.entity_type)
    row = active(ctx, request.entity_type, request.entity_id, request.provider_type)
    if row is None:
        raise NotFoundError("No active mapping exists for the given entity and provider", request.to_wire())
    row.status = "archived"
    row.updated_at, row.updated_by = whole_second(ctx), ctx.user_id


def of_entity(ctx: Context, entity_type: str, entity_id: str) -> ListEntityIntegrationMappingsResponse:
    """The mappings of one entity, newest first, without a page."""
    if not entity_type or not entity_id:
        raise ValidationError("Both entity_type and entity_id query parameters are required")
    check_entity_type(entity_type)
    found = of_entities(ctx, entity_type, [entity_id]).get(entity_id, [])
    return ListEntityIntegrationMappingsResponse.model_construct(
        items=found, pagination=Pagination.model_construct(total=len(found), limit=0, offset=0)
    )


def of_entities(ctx: Context, entity_type: str, entity_ids: Iterable[str]) -> dict[str, list[EntityIntegrationMappingResponse]]:
    """Published mappings by entity; entities without one are left out."""
    rows = ctx.session.scalars(
        select(IntegrationMappingRow)
        .where(
            IntegrationMappingRow.entity_type == entity_type,
            IntegrationMappingRow.entity_id.in_(list(entity_ids)),
            IntegrationMappingRow.status == "published",
        )
        .order_by(IntegrationMappingRow.created_at.desc(), IntegrationMappingRow.id.desc())
    )
    found: dict[str, list[EntityIntegrationMappingResponse]] = defaultdict(list)
    for row in rows:
        found[row.entity_id].append(present(ctx, EntityIntegrationMappingResponse, row))
    return dict(found)


def active(ctx: Context, entity_type: str, entity_id: str, provider_type: str) -> IntegrationMappingRow | None:
    """The published mapping of an entity to a provider."""
    return ctx.session.scalar(
        select(IntegrationMappingRow).where(
            IntegrationMappingRow.entity_type == entity_type,
            IntegrationMappingRow.entity_id == entity_id,
            IntegrationMappingRow.provider_type == provider_type,
            IntegrationMappingRow.status == "published",
        )
    )
