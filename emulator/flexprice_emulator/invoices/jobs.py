"""What the reference hands to its job engine (wire.md §8). Here the work is done, or waits for its time, when they answer."""

from typing import Any
from uuid import UUID

from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.wire.errors import ApiError
from flexprice_emulator.workspace.context import Context


def job_answer(ctx: Context, kind: str, subject_id: str, message: str) -> dict[str, Any]:
    """`{message, workflow_id, run_id}` of a job of this kind."""
    workflow_id = f"wf_{kind}_{subject_id}_{ctx.new_id('x').removeprefix('x_')}"
    run = UUID(int=int.from_bytes(ctx.new_id("run").encode()[-16:]))
    return {"message": message, "workflow_id": workflow_id, "run_id": str(run)}


def finalize_by_job(ctx: Context, invoice: InvoiceRow) -> None:
    """Finalize and collect a draft whose finalization delay is over; an earlier one is finalized when it is.

    Anything but a draft is left alone, and so is a draft that cannot be finalized.
    """
    # A subscription's life is built on invoices.
    from flexprice_emulator.subscriptions.lifecycle.cycle_invoice import finalize_waiting

    try:
        with ctx.session.begin_nested():
            finalize_waiting(ctx, {"invoice_id": invoice.id})
    except ApiError:
        return
