"""Gemini image models (generateContent), billed by tokens.

Tokens spent on thinking are reported beside `output_tokens`, as `thoughts_tokens`: their price is another.
Request parameters read: model, prompt, images (how many were sent), imageSize.
"""

from typing import Any, Final

from flexprice_client.workflow.providers.job import JobContext, build_event, content_id
from flexprice_client.workflow.providers.reading import Reader, error_text
from flexprice_client.workflow.usage_event import PropertyValue, Skipped, UsageEvent

PROVIDER: Final = "gemini"

_TOKENS_PER_IMAGE: Final = 1290
_TOKENS_PER_IMAGE_3: Final = {"1k": 1120, "2k": 1120, "4k": 2000}
_TOKENS_PER_INPUT_IMAGE: Final = 258
_CHARACTERS_PER_TOKEN: Final = 4


def adapt(response: Any, context: JobContext) -> UsageEvent | Skipped:
    """`image.tokens`. Raises ProviderResponseError."""
    body = Reader(PROVIDER, response, "response")
    job_id = body.first_of("responseId") or context.request_id
    if body.has("error"):
        return Skipped("failed", PROVIDER, error_text(response["error"]), job_id)
    candidates = body.objects("candidates")
    images = [image for candidate in candidates for image in _images(candidate)]
    if not images:
        return Skipped("no_output", PROVIDER, _reason(body, candidates), job_id)
    request = context.parameters(PROVIDER)
    model = (body.text("modelVersion") if body.has("modelVersion") else request.text("model")).removeprefix("models/")
    return build_event(
        PROVIDER,
        "image.tokens",
        job_id=job_id or content_id(*images),
        timestamp=body.rfc3339("createTime") if body.has("createTime") else context.started(PROVIDER),
        context=context,
        properties={"model": model, **_tokens(body, request, model, len(images))},
    )


def _images(candidate: Reader) -> list[str]:
    """The data of the images delivered."""
    if not candidate.has("content"):
        return []
    parts = candidate.object("content").objects("parts")
    # Drafts made while thinking are marked, and not delivered.
    data = [part.object("inlineData") for part in parts if part.has("inlineData") and not part.is_true("thought")]
    return [item.text("data") for item in data if item.text("mimeType").startswith("image/")]


def _reason(body: Reader, candidates: list[Reader]) -> str:
    if body.has("promptFeedback"):
        return body.object("promptFeedback").first_of("blockReason") or "prompt blocked"
    reasons = [candidate.first_of("finishReason") for candidate in candidates]
    return ", ".join(reason for reason in reasons if reason) or "no image in candidates"


def _tokens(body: Reader, request: Reader, model: str, images: int) -> dict[str, PropertyValue]:
    if not body.has("usageMetadata"):
        return _estimate(request, model, images)
    usage = body.object("usageMetadata")
    if not usage.has("promptTokenCount") or not usage.has("candidatesTokenCount"):
        return _estimate(request, model, images)
    total = usage.count("promptTokenCount")
    facts: dict[str, PropertyValue] = {"input_tokens": total, "output_tokens": usage.count("candidatesTokenCount")}
    details = usage.objects("promptTokensDetails")
    if details:
        counts = [(detail.text("modality").upper(), detail.count("tokenCount", 0)) for detail in details]
        facts["input_image_tokens"] = sum(count for modality, count in counts if modality == "IMAGE")
        facts["input_text_tokens"] = sum(count for modality, count in counts if modality == "TEXT")
    else:
        facts |= {"input_text_tokens": total, "input_image_tokens": 0}
        if request.count("images", 0):
            facts |= {"usage_estimated": True, "usage_estimated_from": "input tokens not split, all taken as text"}
    if usage.has("thoughtsTokenCount"):
        facts["thoughts_tokens"] = usage.count("thoughtsTokenCount")
    return facts


def _estimate(request: Reader, model: str, images: int) -> dict[str, PropertyValue]:
    each = _TOKENS_PER_IMAGE
    if model.startswith("gemini-3"):
        size = request.word("imageSize", "1k")
        if size not in _TOKENS_PER_IMAGE_3:
            raise request.wrong("imageSize", f"no published count for {size!r}; known are {', '.join(_TOKENS_PER_IMAGE_3)}")
        each = _TOKENS_PER_IMAGE_3[size]
    text = -(-len(request.text("prompt", "-")) // _CHARACTERS_PER_TOKEN)
    pictures = request.count("images", 0) * _TOKENS_PER_INPUT_IMAGE
    return {
        "input_tokens": text + pictures,
        "output_tokens": each * images,
        "input_text_tokens": text,
        "input_image_tokens": pictures,
        "usage_estimated": True,
        "usage_estimated_from": "published tokens per image, prompt at 4 characters a token",
    }
