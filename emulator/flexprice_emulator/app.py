"""One FastAPI application: the control plane's routes, and the emulated API behind them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from flexprice_emulator.control.routes import control_router
from flexprice_emulator.platform.auth import DEFAULT_KEY, Authenticator
from flexprice_emulator.wire.edge import Edge
from flexprice_emulator.wire.table import ApiTable
from flexprice_emulator.workspace.registry import Registry
from flexprice_emulator.workspace.runner import Runner


def create_app(registry: Registry, *, keys: tuple[str, ...] = (DEFAULT_KEY,), control: bool = True) -> FastAPI:
    """The whole server over `registry`, which is closed with it. `control=False` leaves /_emulator out."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        runner = Runner(registry, app.state.edge)
        runner.start()
        yield
        runner.stop()
        registry.close()

    app = FastAPI(
        title="flexprice-emulator control plane",
        lifespan=lifespan,
        docs_url="/_emulator/docs" if control else None,
        redoc_url=None,
        openapi_url="/_emulator/openapi.json" if control else None,
        redirect_slashes=False,
    )
    edge = Edge(registry, Authenticator(registry, keys=keys), ApiTable())
    app.state.registry, app.state.edge = registry, edge
    if control:
        app.include_router(control_router())
    app.mount("/", edge)
    return app
