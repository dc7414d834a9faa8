"""Seedance (video generation tasks of ModelArk): billed by `usage.completion_tokens`.

Without usage the tokens are estimated by the published formula: width × height × frames per second × seconds / 1024.
Request parameters read, where the task does not repeat them: model, resolution, ratio, duration.
"""

from typing import Any, Final

from flexprice_client.workflow.providers.job import JobContext, build_event
from flexprice_client.workflow.providers.reading import Reader, error_text
from flexprice_client.workflow.usage_event import PropertyValue, Skipped, UsageEvent

PROVIDER: Final = "seedance"

_UNFINISHED: Final = ("queued", "running")
_FAILED: Final = ("failed", "cancelled", "expired")
_FRAMES_PER_SECOND: Final = 24
_PIXELS: Final = {
    "480p": {"21:9": 960 * 416, "16:9": 864 * 480, "4:3": 736 * 544, "1:1": 640 * 640, "3:4": 544 * 736, "9:16": 480 * 864},
    "720p": {"21:9": 1504 * 640, "16:9": 1248 * 704, "4:3": 1120 * 832, "1:1": 960 * 960, "3:4": 832 * 1120, "9:16": 704 * 1248},
    "1080p": {"21:9": 2176 * 928, "16:9": 1920 * 1088, "4:3": 1664 * 1248, "1:1": 1440 * 1440, "3:4": 1248 * 1664, "9:16": 1088 * 1920},
}


def adapt(response: Any, context: JobContext) -> UsageEvent | Skipped:
    """`video.tokens`. Raises ProviderResponseError."""
    task = Reader(PROVIDER, response, "response")
    if not task.has("id") and task.has("error"):
        return Skipped("failed", PROVIDER, error_text(response["error"]), context.request_id)
    job_id = task.text("id")
    status = task.word("status")
    if status in _UNFINISHED:
        return Skipped("unfinished", PROVIDER, status, job_id)
    if status in _FAILED:
        return Skipped("failed", PROVIDER, error_text(response.get("error")) or status, job_id)
    if status != "succeeded":
        raise task.wrong("status", f"unknown status {status!r}; known are succeeded, {', '.join(_UNFINISHED + _FAILED)}")
    request = context.parameters(PROVIDER)
    return build_event(
        PROVIDER,
        "video.tokens",
        job_id=job_id,
        timestamp=task.unix_time("created_at") if task.has("created_at") else context.started(PROVIDER),
        context=context,
        properties={"model": (task if task.has("model") else request).text("model"), **_tokens(task, request)},
    )


def _tokens(task: Reader, request: Reader) -> dict[str, PropertyValue]:
    if task.has("usage"):
        usage = task.object("usage")
        if usage.has("completion_tokens"):
            return {"completion_tokens": usage.count("completion_tokens")}
    resolution = (task if task.has("resolution") else request).word("resolution")
    ratio = (task if task.has("ratio") else request).text("ratio")
    pixels = _PIXELS.get(resolution, {}).get(ratio)
    if pixels is None:
        raise task.wrong("usage", f"no completion_tokens, and no known size for resolution {resolution!r} and ratio {ratio!r}")
    frames = task.count("framespersecond", _FRAMES_PER_SECOND)
    seconds = (task if task.has("duration") else request).count("duration")
    return {
        "completion_tokens": -(-pixels * frames * seconds // 1024),
        "usage_estimated": True,
        "usage_estimated_from": "width × height × frames per second × seconds / 1024",
    }
