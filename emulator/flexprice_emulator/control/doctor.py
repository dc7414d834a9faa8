"""/_emulator/doctor: what became of one event."""

from fastapi.responses import Response

from flexprice_emulator.control.explain import answer
from flexprice_emulator.control.held import Held, Server


def examine_event(event_id: str, workspace: Held, server: Server) -> Response:
    """Which meters took the event, which lines it counts for, and which invoice holds it, or why none does."""
    from flexprice_emulator.explain.doctor.report import examine

    return answer(workspace, server, lambda ctx: examine(ctx, event_id))
