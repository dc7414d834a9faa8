"""The caller's tenant."""

from flexprice_client.models.tenants import TenantAddress, TenantBillingDetails, TenantResponse, UpdateTenantRequest
from flexprice_emulator.platform.tables import TenantRow
from flexprice_emulator.wire.errors import NotFoundError, PermissionDeniedError
from flexprice_emulator.workspace.context import Context


def get_own(ctx: Context, tenant_id: str) -> TenantRow:
    """Raises PermissionDeniedError for any tenant but the caller's."""
    if tenant_id != ctx.tenant_id:
        raise PermissionDeniedError("You can only access your own tenant's details")
    return get_row(ctx, tenant_id)


def get_row(ctx: Context, tenant_id: str) -> TenantRow:
    """Raises NotFoundError."""
    row = ctx.session.get(TenantRow, tenant_id)
    if row is None:
        raise NotFoundError("Tenant not found", {"tenant_id": tenant_id})
    return row


def update(ctx: Context, row: TenantRow, request: UpdateTenantRequest) -> TenantRow:
    """Changes what is given."""
    row.name = request.name or row.name
    if request.billing_details is not None:
        row.billing_details = request.billing_details.model_dump(mode="json")
    if request.metadata is not None:
        row.metadata_ = request.metadata
    row.updated_at = ctx.now
    ctx.session.flush()
    return row


def to_response(row: TenantRow) -> TenantResponse:
    """The wire's tenant; its metadata shows as null, whatever it holds."""
    held = dict(row.billing_details or {})
    address = TenantAddress(**(held.pop("address", None) or {}))
    return TenantResponse(
        id=row.id,
        name=row.name,
        billing_details=TenantBillingDetails(address=address, **held),
        status=row.status,
        created_at=row.created_at.replace(microsecond=0),
        updated_at=row.updated_at.replace(microsecond=0),
    )
