"""The application's record of provider answers, as they came in: success, failure, retry, duplicate callbacks."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flexprice_client import Skipped, UsageEvent
from flexprice_client.workflow.providers import JobContext, adapt

FOLDER = Path(__file__).parent / "responses"


@dataclass(frozen=True)
class Delivery:
    """One answer as it was delivered. `name` is `<provider>/<file>`."""

    name: str
    provider: str
    source: str
    context: JobContext
    response: Any
    result: UsageEvent | Skipped


def deliveries(customer: str) -> list[Delivery]:
    """Every answer for one customer, by provider and file, put through its adapter."""
    found = []
    for path in sorted(FOLDER.glob("*/*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        context = JobContext.from_json(record["context"])
        if context.external_customer_id == customer:
            provider = path.parent.name
            result = adapt(provider, record["response"], context)
            found.append(Delivery(f"{provider}/{path.stem}", provider, record["source"], context, record["response"], result))
    return found
