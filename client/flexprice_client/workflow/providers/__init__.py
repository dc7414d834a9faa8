"""From a provider's raw answer or job record to a usage event.

Every adapter is a pure function `(response, context) -> UsageEvent | Skipped` and raises ProviderResponseError, nothing else, for
an answer it cannot read. The same answer, delivered again or polled later, gives the same event id and the same timestamp.

| adapter       | events                           | id from                        | time from                      |
|---------------|----------------------------------|--------------------------------|--------------------------------|
| openai        | image.generated, image.tokens    | x-request-id, else the content | created                        |
| gemini        | image.tokens                     | responseId, else x-request-id  | createTime, else requested_at  |
| veo           | video.generated                  | operation name                 | requested_at                   |
| kling         | video.generated                  | task_id                        | created_at, else requested_at  |
| seedance      | video.tokens                     | id                             | created_at, else requested_at  |
| marble        | world.generated                  | operation_id                   | created_at, else requested_at  |
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from flexprice_client.errors import ProviderResponseError
from flexprice_client.workflow.providers import gemini_image, kling, marble, openai_images, seedance, veo
from flexprice_client.workflow.providers.job import JobContext
from flexprice_client.workflow.usage_event import Skipped, UsageEvent

Adapter = Callable[[Any, JobContext], UsageEvent | Skipped]

ADAPTERS: Final[Mapping[str, Adapter]] = {
    openai_images.PROVIDER: openai_images.adapt,
    gemini_image.PROVIDER: gemini_image.adapt,
    veo.PROVIDER: veo.adapt,
    kling.PROVIDER: kling.adapt,
    seedance.PROVIDER: seedance.adapt,
    marble.PROVIDER: marble.adapt,
}


def adapt(provider: str, response: Any, context: JobContext) -> UsageEvent | Skipped:
    """The event of `response` by the adapter named `provider`. Raises ProviderResponseError, also for an unknown provider."""
    adapter = ADAPTERS.get(provider)
    if adapter is None:
        raise ProviderResponseError(provider, "provider", f"unknown; known are {', '.join(sorted(ADAPTERS))}")
    return adapter(response, context)


__all__ = ["ADAPTERS", "Adapter", "JobContext", "adapt"]
