"""What the steps of the demo share: whose month it is, and what they hand on to each other."""

from dataclasses import dataclass, field
from typing import Any

from flexprice_client import Flexprice
from flexprice_client.models.customers import CustomerResponse
from flexprice_client.models.invoices import InvoiceResponse
from flexprice_client.models.plans import PlanResponse
from flexprice_client.models.subscriptions import SubscriptionResponse
from flexprice_client.transport import Transport
from flexprice_emulator.demo.jobs import Delivery

START = "2026-01-01T00:00:00Z"
END_OF_MONTH = "2026-01-31T12:00:00Z"
SINGLE, BULK = "pixel-forge", "acme-studio"
PLAN = "media_pro"


class DemoFailure(Exception):
    """A figure that is not what it must be."""


@dataclass
class Demo:
    """What the steps hand on to each other."""

    flexprice: Flexprice
    transport: Transport
    customers: dict[str, CustomerResponse] = field(default_factory=dict)
    subscriptions: dict[str, SubscriptionResponse] = field(default_factory=dict)
    plan: PlanResponse | None = None
    jobs: dict[str, list[Delivery]] = field(default_factory=dict)
    bills: dict[str, InvoiceResponse] = field(default_factory=dict)
    explained: dict[str, Any] = field(default_factory=dict)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """A call of the emulator's control plane."""
        return self.flexprice.request(method, f"/_emulator{path}", body=body, at_root=True)


def check(holds: bool, found: str) -> None:
    """Raises DemoFailure with what was found instead."""
    if not holds:
        raise DemoFailure(found)
