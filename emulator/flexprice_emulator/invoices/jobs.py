"""Answers of operations that the reference hands to its job engine (wire.md §8). Here the work is done when they answer."""

from typing import Any
from uuid import UUID

from flexprice_emulator.workspace.context import Context


def job_answer(ctx: Context, kind: str, subject_id: str, message: str) -> dict[str, Any]:
    """`{message, workflow_id, run_id}` of a job of this kind."""
    workflow_id = f"wf_{kind}_{subject_id}_{ctx.new_id('x').removeprefix('x_')}"
    run = UUID(int=int.from_bytes(ctx.new_id("run").encode()[-16:]))
    return {"message": message, "workflow_id": workflow_id, "run_id": str(run)}
