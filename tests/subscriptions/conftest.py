"""A shop per test."""

from typing import Any

import pytest

from tests.subscriptions.shop import Shop


@pytest.fixture
def shop(api: Any) -> Shop:
    """A small shop in an empty workspace, its clock stopped at 2026-03-10T12:00Z."""
    return Shop(api)
