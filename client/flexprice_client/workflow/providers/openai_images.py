"""OpenAI Images: DALL·E is billed by image, GPT Image by tokens.

The body has no id: give the `x-request-id` header as `context.request_id`; without it the id is made of the content.
Request parameters read: model, size, quality, prompt, image.
"""

from typing import Any, Final

from flexprice_client.workflow.providers.job import JobContext, build_event, content_id
from flexprice_client.workflow.providers.reading import Reader, error_text
from flexprice_client.workflow.usage_event import PropertyValue, Skipped, UsageEvent

PROVIDER: Final = "openai"

# Output tokens of one GPT image by quality and size, as published for gpt-image-1.
_TOKENS: Final = {
    "low": {"1024x1024": 272, "1024x1536": 408, "1536x1024": 400},
    "medium": {"1024x1024": 1056, "1024x1536": 1584, "1536x1024": 1568},
    "high": {"1024x1024": 4160, "1024x1536": 6240, "1536x1024": 6208},
}
_CHARACTERS_PER_TOKEN: Final = 4


def adapt(response: Any, context: JobContext) -> UsageEvent | Skipped:
    """`image.generated` for DALL·E, `image.tokens` for GPT Image. Raises ProviderResponseError."""
    body = Reader(PROVIDER, response, "response")
    if body.has("error"):
        return Skipped("failed", PROVIDER, error_text(response["error"]), context.request_id)
    images = [image for item in body.objects("data") if (image := item.first_of("url", "b64_json"))]
    if not images:
        return Skipped("no_output", PROVIDER, "no image in data", context.request_id)
    request = context.parameters(PROVIDER)
    model = request.text("model", "dall-e-2")
    if model.startswith("dall-e"):
        name, facts = "image.generated", _images(request, model, len(images))
    else:
        name, facts = "image.tokens", _tokens(body, request, len(images))
    return build_event(
        PROVIDER,
        name,
        job_id=context.request_id or content_id(*images),
        timestamp=body.unix_time("created"),
        context=context,
        properties={"model": model, **facts},
    )


def _images(request: Reader, model: str, images: int) -> dict[str, PropertyValue]:
    # DALL·E 2 knows one quality; a quality sent along changes nothing.
    quality = request.word("quality", "standard") if model == "dall-e-3" else "standard"
    return {"size": request.word("size", "1024x1024"), "quality": "standard" if quality == "auto" else quality, "images": images}


def _tokens(body: Reader, request: Reader, images: int) -> dict[str, PropertyValue]:
    if not body.has("usage"):
        return _estimate(body, request, images)
    usage = body.object("usage")
    tokens = {"input_tokens": usage.count("input_tokens"), "output_tokens": usage.count("output_tokens")}
    if usage.has("input_tokens_details"):
        details = usage.object("input_tokens_details")
        return {
            **tokens,
            "input_text_tokens": details.count("text_tokens", 0),
            "input_image_tokens": details.count("image_tokens", 0),
        }
    split: dict[str, PropertyValue] = {**tokens, "input_text_tokens": tokens["input_tokens"], "input_image_tokens": 0}
    if request.has("image"):
        split |= {"usage_estimated": True, "usage_estimated_from": "input tokens not split, all taken as text"}
    return split


def _estimate(body: Reader, request: Reader, images: int) -> dict[str, PropertyValue]:
    # The answer repeats what `auto` was resolved to.
    size = body.word("size") if body.has("size") else request.word("size")
    quality = body.word("quality") if body.has("quality") else request.word("quality")
    each = _TOKENS.get(quality, {}).get(size)
    if each is None:
        raise body.wrong("usage", f"missing, and no published count for size {size!r} at quality {quality!r}")
    prompt = -(-len(request.text("prompt", "-")) // _CHARACTERS_PER_TOKEN)
    return {
        "input_tokens": prompt,
        "output_tokens": each * images,
        "input_text_tokens": prompt,
        "input_image_tokens": 0,
        "usage_estimated": True,
        "usage_estimated_from": "published tokens per size and quality, prompt at 4 characters a token",
    }
