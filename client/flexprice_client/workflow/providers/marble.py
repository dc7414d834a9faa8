"""Marble (World Labs): an operation that makes one world, billed by request type and quality.

Request parameters read: model, world_prompt.type or request_type, quality (else from the model's name).
"""

from typing import Any, Final

from flexprice_client.workflow.providers.job import JobContext, build_event
from flexprice_client.workflow.providers.reading import Reader, error_text
from flexprice_client.workflow.usage_event import Skipped, UsageEvent

PROVIDER: Final = "marble"

_QUALITY: Final = {"mini": "draft", "plus": "standard"}


def adapt(response: Any, context: JobContext) -> UsageEvent | Skipped:
    """`world.generated`. Raises ProviderResponseError."""
    operation = Reader(PROVIDER, response, "response")
    job_id = operation.first_of("operation_id")
    if operation.has("error"):
        return Skipped("failed", PROVIDER, error_text(response["error"]), job_id or context.request_id)
    job_id = operation.text("operation_id")
    if not operation.flag("done", default=False):
        return Skipped("unfinished", PROVIDER, "done is not true", job_id)
    if not operation.has("response"):
        return Skipped("no_output", PROVIDER, "no world in the response", job_id)
    world = operation.object("response")
    request = context.parameters(PROVIDER)
    model = (world if world.has("model") else request).text("model")
    return build_event(
        PROVIDER,
        "world.generated",
        job_id=job_id,
        timestamp=operation.rfc3339("created_at") if operation.has("created_at") else context.started(PROVIDER),
        context=context,
        properties={
            "model": model,
            "request_type": _request_type(request),
            "quality": _quality(request, model),
            "requests": 1,
        },
    )


def _request_type(request: Reader) -> str:
    if request.has("request_type"):
        return request.word("request_type")
    return request.object("world_prompt").word("type")


def _quality(request: Reader, model: str) -> str:
    if request.has("quality"):
        return request.word("quality")
    for suffix, quality in _QUALITY.items():
        if model.lower().endswith(suffix):
            return quality
    raise request.wrong("quality", f"missing, and model {model!r} does not tell")
