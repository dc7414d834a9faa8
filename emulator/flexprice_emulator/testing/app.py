"""The emulator in the process of the tests (docs/testing.md)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flexprice_emulator.app import Application, create_app
from flexprice_emulator.cli.seeding import seed
from flexprice_emulator.workspace.registry import Registry


@contextmanager
def in_process(*rules: str | Path) -> Iterator[Application]:
    """The whole server as an ASGI application, in memory. Every workspace begins with `rules`: files, or ready packs by their names.

    Raises SeedFailure, which names file, line and column, for rules that cannot be applied.
    """
    registry = Registry()
    try:
        app = create_app(registry)
        if rules:
            seed(registry, app.state.edge, tuple(map(Path, rules)))
        yield app
    finally:
        registry.close()
