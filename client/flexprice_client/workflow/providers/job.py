"""What the application knows of a job beside the provider's answer, and the ids that follow from both."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from flexprice_client.errors import ProviderResponseError
from flexprice_client.workflow.providers.reading import Reader
from flexprice_client.workflow.usage_event import PropertyValue, UsageEvent

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST: Final = 80


@dataclass(frozen=True)
class JobContext:
    """Facts recorded when the job was started; the same on every delivery of its answer.

    external_customer_id  who is billed
    request               parameters sent to the provider (model, size, duration, …), by the provider's own names
    request_id            the provider's id of the answer where its body has none (header x-request-id)
    requested_at          when the job was started, with a zone; the event's time where the answer has none
    source                the event's source; the provider's name where None
    """

    external_customer_id: str
    request: Mapping[str, Any] = field(default_factory=dict)
    request_id: str | None = None
    requested_at: datetime | None = None
    source: str | None = None

    def __post_init__(self) -> None:
        if not self.external_customer_id.strip():
            raise ValueError("external_customer_id is empty")
        if self.requested_at is not None and self.requested_at.tzinfo is None:
            raise ValueError("requested_at has no zone")

    @classmethod
    def from_json(cls, value: Any) -> "JobContext":
        """From a stored record with these very keys. Raises ProviderResponseError."""
        reader = Reader("job", value, "context")
        request = value.get("request", {})
        if not isinstance(request, dict):
            raise reader.wrong("request", "must be an object")
        return cls(
            external_customer_id=reader.text("external_customer_id"),
            request=request,
            request_id=reader.text("request_id") if reader.has("request_id") else None,
            requested_at=reader.rfc3339("requested_at") if reader.has("requested_at") else None,
            source=reader.text("source") if reader.has("source") else None,
        )

    def parameters(self, provider: str) -> Reader:
        """The request parameters, for reading."""
        return Reader(provider, dict(self.request), "context.request")

    def started(self, provider: str) -> datetime:
        """`requested_at`. Raises ProviderResponseError where it is needed and missing."""
        if self.requested_at is None:
            raise ProviderResponseError(provider, "context.requested_at", "needed, because the answer does not say when the work was done")
        return self.requested_at


def event_id(provider: str, job_id: str) -> str:
    """`<provider>-<job id>`, free of characters that paths and cursors give a meaning; different job ids never meet."""
    clean = _UNSAFE.sub("-", job_id)
    if clean == job_id and len(job_id) <= _LONGEST:
        return f"{provider}-{job_id}"
    # Cleaning and cutting can make two ids equal; the digest keeps them apart.
    return f"{provider}-{clean[-_LONGEST:]}-{hashlib.sha256(job_id.encode()).hexdigest()[:12]}"


def content_id(*parts: str) -> str:
    """An id made of what the answer delivers, for answers without one."""
    text = "\0".join(parts)
    return "content-" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def build_event(
    provider: str, name: str, *, job_id: str, timestamp: datetime, context: JobContext, properties: Mapping[str, PropertyValue]
) -> UsageEvent:
    """The event of a finished job."""
    return UsageEvent(
        event_id=event_id(provider, job_id),
        event_name=name,
        external_customer_id=context.external_customer_id,
        timestamp=timestamp,
        source=context.source or provider,
        properties={"provider": provider, **properties},
    )
