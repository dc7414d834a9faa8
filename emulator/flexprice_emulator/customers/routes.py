"""/customers over HTTP."""

from flexprice_client.models.customers import (
    CreateCustomerRequest,
    CustomerFilter,
    CustomerResponse,
    ListCustomersResponse,
    UpdateCustomerRequest,
)
from flexprice_emulator.customers import changes, service
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.wire.listing import expand_names
from flexprice_emulator.wire.routing import Routes
from flexprice_emulator.workspace.context import Context

routes = Routes("Customers", permission="entity:write")


@routes.post("/customers", status=201)
def create_customer(ctx: Context, body: CreateCustomerRequest) -> CustomerResponse:
    return changes.create(ctx, body)


@routes.get("/customers", hint=service.LIST_HINT)
def list_customers(ctx: Context, query: CustomerFilter) -> ListCustomersResponse:
    return service.search(ctx, query)


@routes.search("/customers/search", hint=service.LIST_HINT)
def search_customers(ctx: Context, body: CustomerFilter) -> ListCustomersResponse:
    return service.search(ctx, body)


@routes.put("/customers")
def update_customer_by_query(ctx: Context, body: UpdateCustomerRequest) -> CustomerResponse:
    identity, external_id = ctx.query("id"), ctx.query("external_customer_id")
    if not identity and not external_id:
        raise ValidationError(
            "Provide id as query parameter (?id=...) or provide external_customer_id as query parameter (?external_customer_id=...)"
        )
    row = service.get_row(ctx, identity) if identity else service.get_row_by_external_id(ctx, external_id)
    if identity and external_id and row.external_id != external_id:
        raise ValidationError(
            "Providing either id or external_customer_id is sufficient. "
            "But when providing both, ensure both identifiers refer to the same customer."
        )
    return changes.update(ctx, row, body)


@routes.get("/customers/external/{external_id}")
def get_customer_by_external_id(ctx: Context, external_id: str) -> CustomerResponse:
    return service.to_response(ctx, service.get_row_by_external_id(ctx, external_id))


@routes.get("/customers/lookup/{lookup_key}")
def get_customer_by_lookup_key(ctx: Context, lookup_key: str) -> CustomerResponse:
    return service.to_response(ctx, service.get_row_by_external_id(ctx, lookup_key))


@routes.get("/customers/{id}")
def get_customer(ctx: Context, id: str) -> CustomerResponse:
    expand = expand_names(service.LIST, ctx.query("expand"))
    return service.expanded(ctx, [service.get_row(ctx, id)], expand)[0]


@routes.put("/customers/{id}")
def update_customer(ctx: Context, id: str, body: UpdateCustomerRequest) -> CustomerResponse:
    return changes.update(ctx, service.get_row(ctx, id), body)


@routes.delete("/customers/{id}", status=204)
def delete_customer(ctx: Context, id: str) -> None:
    changes.archive(ctx, service.get_row(ctx, id))
