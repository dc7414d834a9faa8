"""Every recorded answer of every provider, through its adapter."""

import json
from pathlib import Path
from typing import Any

from flexprice_client.transport import decode_json, encode_json
from flexprice_client.workflow.providers import ADAPTERS, adapt
from flexprice_client.workflow.usage_event import Skipped, UsageEvent

EXPECTED: dict[str, Any] = json.loads((Path(__file__).parent / "expected_events.json").read_text())

CONTRACT = {
    "image.generated": {"provider": str, "model": str, "size": str, "quality": str, "images": int},
    "image.tokens": {
        "provider": str, "model": str, "input_tokens": int, "output_tokens": int, "input_text_tokens": int, "input_image_tokens": int,
    },
    "video.generated": {"provider": str, "model": str, "resolution": str, "mode": str, "audio": bool, "seconds": (int, float)},
    "video.tokens": {"provider": str, "model": str, "completion_tokens": int},
    "world.generated": {"provider": str, "model": str, "request_type": str, "quality": str, "requests": int},
}  # fmt: skip
BESIDE_CONTRACT = {"usage_estimated", "usage_estimated_from", "thoughts_tokens"}


def test_there_is_an_expectation_for_each_and_no_other(recorded: dict[str, Any]) -> None:
    assert set(recorded) == set(EXPECTED)
    assert {answer.provider for answer in recorded.values()} == set(ADAPTERS)


def test_gives_the_expected_event_or_reason(answer: Any) -> None:
    expected = dict(EXPECTED[f"{answer.provider}/{answer.name}"])
    result = adapt(answer.provider, answer.response, answer.context)
    if isinstance(result, Skipped):
        assert {"skipped": result.reason, "job_id": result.job_id} == expected
        assert result.provider == answer.provider
        assert result.detail
    else:
        expected["source"] = answer.provider
        expected["properties"] = {"provider": answer.provider, **expected["properties"]}
        assert result.to_request() == expected


def test_events_keep_the_contract_of_names_and_properties(answer: Any) -> None:
    result = adapt(answer.provider, answer.response, answer.context)
    if isinstance(result, UsageEvent):
        kinds = CONTRACT[result.event_name]
        assert set(kinds) <= set(result.properties) <= set(kinds) | BESIDE_CONTRACT
        for name, kind in kinds.items():
            assert isinstance(result.properties[name], kind)
            assert kind is bool or not isinstance(result.properties[name], bool)


def test_a_second_delivery_gives_the_same_event(answer: Any, recorded: dict[str, Any]) -> None:
    first = adapt(answer.provider, answer.response, answer.context)
    # The same record read back from storage: keys in another order, numbers exact.
    stored = decode_json(encode_json(dict(reversed(answer.response.items()))))
    assert adapt(answer.provider, stored, answer.context) == first
    if "duplicate_of" in answer.document:
        original = recorded[f"{answer.provider}/{answer.document['duplicate_of'].removesuffix('.json')}"]
        assert adapt(original.provider, original.response, original.context) == first


def test_only_a_declared_duplicate_repeats_an_event_id(recorded: dict[str, Any]) -> None:
    ids = [
        result.event_id
        for answer in recorded.values()
        if "duplicate_of" not in answer.document
        and isinstance(result := adapt(answer.provider, answer.response, answer.context), UsageEvent)
    ]
    assert len(ids) == len(set(ids))


def test_every_record_says_where_its_form_is_documented(answer: Any) -> None:
    assert set(answer.document) - {"duplicate_of"} == {"source", "note", "context", "response"}
    assert answer.document["source"]
    assert answer.document["note"]
