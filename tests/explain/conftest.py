"""A shop per test, and what the control plane explains of it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.subscriptions.shop import Shop

Explain = Callable[[str], Any]


@pytest.fixture
def shop(api: Any) -> Shop:
    """A small shop in an empty workspace, its clock stopped at 2026-03-10T12:00Z."""
    return Shop(api)


@pytest.fixture
def explain(api: Any) -> Explain:
    """The explanation of an invoice."""

    def explained(invoice_id: str) -> Any:
        answer = api.send("GET", f"//_emulator/explain/invoice/{invoice_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    return explained
