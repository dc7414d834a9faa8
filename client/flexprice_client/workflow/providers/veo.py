"""Veo: a long-running operation, billed by seconds of delivered video. Both forms of the result are read (Gemini API, Vertex AI).

The operation does not say when it ran: give `context.requested_at`.
Request parameters read: model (else from the operation's name), durationSeconds, resolution, generateAudio.
"""

import re
from typing import Any, Final

from flexprice_client.workflow.providers.job import JobContext, build_event
from flexprice_client.workflow.providers.reading import Reader, error_text, plain_number
from flexprice_client.workflow.usage_event import Skipped, UsageEvent

PROVIDER: Final = "veo"

_MODEL: Final = re.compile(r"(?:^|/)models/([^/]+)/operations/")
_DEFAULT_SECONDS: Final = 8


def adapt(response: Any, context: JobContext) -> UsageEvent | Skipped:
    """`video.generated`; `seconds` is the length times the videos delivered. Raises ProviderResponseError."""
    operation = Reader(PROVIDER, response, "response")
    # A refused request has an error and no operation.
    job_id = operation.first_of("name")
    if operation.has("error"):
        return Skipped("failed", PROVIDER, error_text(response["error"]), job_id or context.request_id)
    name = operation.text("name")
    if not operation.flag("done", default=False):
        return Skipped("unfinished", PROVIDER, "done is not true", name)
    videos, filtered = _videos(operation.object("response"))
    if not videos:
        return Skipped("no_output", PROVIDER, filtered or "no video in the response", name)
    request = context.parameters(PROVIDER)
    found = _MODEL.search(name)
    model = (request.text("model") if request.has("model") or not found else found[1]).removeprefix("models/")
    return build_event(
        PROVIDER,
        "video.generated",
        job_id=name.rpartition("operations/")[2] or name,
        timestamp=context.started(PROVIDER),
        context=context,
        properties={
            "model": model,
            "resolution": request.word("resolution", "720p"),
            "mode": next((mode for mode in ("fast", "lite") if mode in model.split("-")), "standard"),
            # From Veo 3 on there is sound unless it is turned off.
            "audio": request.flag("generateAudio", default=not model.startswith("veo-2")),
            "seconds": plain_number(request.seconds("durationSeconds", _DEFAULT_SECONDS) * videos),
        },
    )


def _videos(result: Reader) -> tuple[int, str]:
    """How many videos were delivered, and why others were not."""
    if result.has("generateVideoResponse"):
        result = result.object("generateVideoResponse")
    samples = [sample.object("video") for sample in result.objects("generatedSamples")]
    videos = samples + result.objects("videos")
    delivered = sum(1 for video in videos if video.first_of("uri", "gcsUri", "bytesBase64Encoded", "encodedVideo"))
    filtered = result.count("raiMediaFilteredCount", 0)
    return delivered, f"{filtered} filtered" if filtered else ""
