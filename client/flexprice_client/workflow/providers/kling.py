"""Kling: a task, read by query (wrapped in code/message/data) or callback (the bare task); billed by seconds of video.

A task names the length it was asked for only in its request, and providers charge what was asked: `duration` of the request counts,
else the video's own.
Request parameters read: model_name, mode, duration, sound, resolution.
"""

from typing import Any, Final

from flexprice_client.workflow.providers.job import JobContext, build_event
from flexprice_client.workflow.providers.reading import Reader, error_text, plain_number
from flexprice_client.workflow.usage_event import Skipped, UsageEvent

PROVIDER: Final = "kling"

_RESOLUTION: Final = {"std": "720p", "pro": "1080p"}


def adapt(response: Any, context: JobContext) -> UsageEvent | Skipped:
    """`video.generated`. Raises ProviderResponseError."""
    body = Reader(PROVIDER, response, "response")
    if body.has("code") and body.count("code") != 0:
        return Skipped("failed", PROVIDER, error_text(response), context.request_id)
    task = body.object("data") if body.has("data") else body
    job_id = task.text("task_id")
    status = task.word("task_status")
    if status == "failed":
        return Skipped("failed", PROVIDER, task.first_of("task_status_msg") or "task failed", job_id)
    if status in ("submitted", "processing"):
        return Skipped("unfinished", PROVIDER, status, job_id)
    if status != "succeed":
        raise task.wrong("task_status", f"unknown status {status!r}; known are submitted, processing, succeed, failed")
    videos = task.object("task_result").objects("videos") if task.has("task_result") else []
    if not videos:
        return Skipped("no_output", PROVIDER, "no video in task_result", job_id)
    request = context.parameters(PROVIDER)
    model = request.text("model_name", "kling-v1")
    # Master models have one quality, and no mode to choose it by.
    mode = request.word("mode", "pro" if model.endswith("-master") else "std")
    if mode not in _RESOLUTION and not request.has("resolution"):
        raise request.wrong("mode", f"unknown mode {mode!r} without a resolution; known are {', '.join(_RESOLUTION)}")
    asked = request.seconds("duration") * len(videos) if request.has("duration") else None
    seconds = asked if asked is not None else sum((video.seconds("duration") for video in videos[1:]), videos[0].seconds("duration"))
    return build_event(
        PROVIDER,
        "video.generated",
        job_id=job_id,
        timestamp=task.unix_time("created_at", per_second=1000) if task.has("created_at") else context.started(PROVIDER),
        context=context,
        properties={
            "model": model,
            "resolution": request.word("resolution") if request.has("resolution") else _RESOLUTION[mode],
            "mode": mode,
            "audio": request.flag("sound", default=False),
            "seconds": plain_number(seconds),
        },
    )
