"""What each adapter refuses, infers and estimates, beside the recorded answers."""

import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexprice_client.errors import ProviderResponseError
from flexprice_client.workflow.providers import JobContext, adapt
from flexprice_client.workflow.providers.job import event_id
from flexprice_client.workflow.usage_event import Skipped, UsageEvent

AT = datetime(2026, 1, 1, tzinfo=UTC)


def event(provider: str, response: Any, **request: Any) -> UsageEvent:
    result = adapt(provider, response, JobContext("c", request, request_id="r", requested_at=AT))
    assert isinstance(result, UsageEvent)
    return result


def kling(**task: Any) -> dict[str, Any]:
    return {"task_id": "t", "task_status": "succeed", "task_result": {"videos": [{"url": "u", "duration": "5.1"}]}, **task}


def seedance(**task: Any) -> dict[str, Any]:
    return {"id": "t", "status": "succeeded", "model": "m", **task}


def veo(**operation: Any) -> dict[str, Any]:
    return {"name": "models/veo-3.0-generate-001/operations/o", "done": True, "response": {"videos": [{"gcsUri": "gs://a"}]}, **operation}


@pytest.mark.parametrize(
    ("provider", "response", "request_", "path"),
    [
        ("openai", {"created": 1, "data": [{"url": "u"}]}, {"model": "gpt-image-1", "size": "8x8", "quality": "low"}, "response.usage"),
        ("openai", {"data": [{"url": "u"}]}, {"model": "dall-e-3"}, "response.created"),
        ("openai", {"created": 10**15, "data": [{"url": "u"}]}, {"model": "dall-e-3"}, "response.created"),
        ("openai", {"created": 1, "data": {"url": "u"}}, {}, "response.data"),
        ("openai", [], {}, "response"),
        ("gemini", {"candidates": [{"content": {"parts": ["x"]}}]}, {}, "response.candidates[0].content.parts[0]"),
        ("veo", {"done": True}, {}, "response.name"),
        ("veo", veo(done="yes"), {}, "response.done"),
        ("veo", veo(), {"durationSeconds": 0}, "context.request.durationSeconds"),
        ("veo", veo(), {"durationSeconds": "long"}, "context.request.durationSeconds"),
        ("kling", kling(task_status="paused"), {}, "response.task_status"),
        ("kling", kling(), {"mode": "turbo"}, "context.request.mode"),
        ("kling", {"code": 0, "data": {}}, {}, "response.data.task_id"),
        ("seedance", seedance(status="done"), {}, "response.status"),
        ("seedance", seedance(usage={"completion_tokens": -1}), {}, "response.usage.completion_tokens"),
        ("seedance", seedance(usage={"completion_tokens": True}), {}, "response.usage.completion_tokens"),
        ("seedance", seedance(usage={"completion_tokens": 1.5}), {}, "response.usage.completion_tokens"),
        ("seedance", seedance(resolution="8k", ratio="16:9"), {}, "response.usage"),
        ("marble", {"operation_id": "o", "done": True, "response": {}}, {"model": "x", "request_type": "text"}, "context.request.quality"),
        ("marble", {"operation_id": "o", "done": True, "response": {}}, {"model": "x-plus"}, "context.request.world_prompt"),
        ("sora", {}, {}, "provider"),
    ],
)
def test_an_answer_without_the_needed_facts_is_refused_with_its_place(
    provider: str, response: Any, request_: dict[str, Any], path: str
) -> None:
    with pytest.raises(ProviderResponseError) as caught:
        event(provider, response, **request_)
    assert (caught.value.provider, caught.value.path) == (provider, path)


def test_the_time_is_needed_where_the_answer_has_none() -> None:
    with pytest.raises(ProviderResponseError, match=r"context\.requested_at"):
        adapt("veo", veo(), JobContext("c"))


def test_dalle_defaults() -> None:
    made = event("openai", {"created": 1, "data": [{"url": "u"}]})
    assert made.properties == {"provider": "openai", "model": "dall-e-2", "size": "1024x1024", "quality": "standard", "images": 1}


def test_veo_length_counts_for_every_delivered_video() -> None:
    two = veo(response={"videos": [{"gcsUri": "gs://a"}, {"bytesBase64Encoded": "AA=="}]})
    assert event("veo", two, durationSeconds=6).properties["seconds"] == 12


def test_veo_models_by_name() -> None:
    silent = event("veo", veo(name="publishers/google/models/veo-2.0-generate-001/operations/o"))
    assert (silent.properties["model"], silent.properties["audio"], silent.properties["mode"]) == (
        "veo-2.0-generate-001",
        False,
        "standard",
    )
    assert event("veo", veo(), model="veo-3.1-lite-generate-preview").properties["mode"] == "lite"


def test_kling_asked_length_beats_the_file_s() -> None:
    assert event("kling", kling(), duration="10").properties["seconds"] == 10
    assert event("kling", kling()).properties["seconds"] == 5.1


def test_kling_without_video_delivers_nothing() -> None:
    result = adapt("kling", kling(task_result={"videos": []}), JobContext("c"))
    assert isinstance(result, Skipped)
    assert result.reason == "no_output"


def test_kling_time_is_the_creation_whenever_it_is_told() -> None:
    early, late = (event("kling", kling(created_at=1_700_000_000_123, updated_at=updated)) for updated in (1, 2))
    assert early == late
    assert early.timestamp == datetime(2023, 11, 14, 22, 13, 20, 123_000, tzinfo=UTC)


def test_seedance_zero_tokens_are_a_count_not_a_gap() -> None:
    assert "usage_estimated" not in event("seedance", seedance(usage={"completion_tokens": 0})).properties


def test_seedance_estimate_follows_the_formula() -> None:
    made = event("seedance", seedance(resolution="1080p", ratio="16:9", duration=5))
    assert made.properties["completion_tokens"] == 1920 * 1088 * 24 * 5 // 1024
    assert made.properties["usage_estimated"] is True


def test_gemini_half_a_count_is_a_gap() -> None:
    image = {"content": {"parts": [{"inlineData": {"mimeType": "image/png", "data": "AA=="}}]}}
    made = event("gemini", {"candidates": [image], "usageMetadata": {"promptTokenCount": 3}}, model="models/gemini-2.5-flash-image")
    assert (made.properties["model"], made.properties["usage_estimated"]) == ("gemini-2.5-flash-image", True)


def test_content_ids_tell_images_apart() -> None:
    def made(url: str) -> str:
        context = JobContext("c", {"model": "dall-e-3"})
        result = adapt("openai", {"created": 1, "data": [{"url": url}]}, context)
        assert isinstance(result, UsageEvent)
        return result.event_id

    assert made("a") == made("a") != made("b")


def test_the_source_can_be_the_application_s() -> None:
    context = JobContext("c", source="render-farm", requested_at=AT)
    result = adapt("kling", kling(), context)
    assert isinstance(result, UsageEvent)
    assert result.source == "render-farm"


@pytest.mark.parametrize(
    "record",
    [
        None,
        {},
        {"external_customer_id": ""},
        {"external_customer_id": "c", "request": []},
        {"external_customer_id": "c", "requested_at": "2026-01-01"},
        {"external_customer_id": "c", "request_id": 5},
    ],
)
def test_a_stored_context_that_is_not_one_is_refused(record: Any) -> None:
    with pytest.raises(ProviderResponseError):
        JobContext.from_json(record)


def test_a_context_needs_a_customer_and_a_zone() -> None:
    with pytest.raises(ValueError, match="external_customer_id"):
        JobContext(" ")
    with pytest.raises(ValueError, match="zone"):
        JobContext("c", requested_at=AT.replace(tzinfo=None))
    with pytest.raises(ValueError, match="zone"):
        UsageEvent("e", "n", "c", AT.replace(tzinfo=None))
    with pytest.raises(ValueError, match="event_name"):
        UsageEvent("e", "", "c", AT)


ids = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=200)


@given(ids, ids)
def test_law_event_ids_tell_jobs_apart_and_are_safe_in_paths_and_cursors(one: str, other: str) -> None:
    assert (event_id("p", one) == event_id("p", other)) == (one == other)
    assert not set("/:?# ") & set(event_id("p", one))
    assert len(event_id("p", one)) <= 100


def test_adapters_leave_the_answer_as_it_was() -> None:
    response = kling()
    before = copy.deepcopy(response)
    event("kling", response)
    assert response == before
