"""Fixtures of the events tests."""

from collections.abc import Iterator

import pytest

from tests.events.support import Store


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """A database without HTTP."""
    held = Store()
    yield held
    held.close()
