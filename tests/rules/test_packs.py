"""The ready rules: valid, complete, and in step with the events of the provider adapters."""

from decimal import Decimal

import pytest

from flexprice_rules import Rules, apply, load, pack_names, pack_path, plan
from flexprice_rules.model import Filter, Price
from tests.rules.fake import FakeTarget

EVENTS = {
    "image.generated": {"provider", "model", "size", "quality", "images"},
    "image.tokens": {"provider", "model", "input_tokens", "output_tokens", "input_text_tokens", "input_image_tokens", "thoughts_tokens"},
    "video.generated": {"provider", "model", "resolution", "mode", "audio", "seconds"},
    "video.tokens": {"provider", "model", "completion_tokens"},
    "world.generated": {"provider", "model", "request_type", "quality", "requests"},
}


def rules_of(name: str) -> Rules:
    return load([pack_path(name)]).rules


def price_of(plan_key: str, feature: str) -> Price:
    (found,) = [plan for plan in rules_of("ai-media").plans if plan.lookup_key == plan_key]
    (price,) = [price for price in found.prices if price.feature_lookup_key == feature]
    return price


def test_the_packs_are_there() -> None:
    assert pack_names() == ("ai-media", "api-calls", "llm-tokens", "seats")
    with pytest.raises(KeyError, match="no such pack: media"):
        pack_path("media")


@pytest.mark.parametrize("name", pack_names())
def test_a_pack_loads_without_errors_or_warnings(name: str) -> None:
    assert load([pack_path(name)]).warnings == ()


@pytest.mark.parametrize("name", pack_names())
def test_a_pack_applies_once(name: str) -> None:
    target, rules = FakeTarget(), rules_of(name)
    apply(rules, target)
    assert plan(rules, target) == []


def test_all_packs_go_together() -> None:
    assert load([pack_path(name) for name in pack_names()]).warnings == ()


def test_media_meters_use_the_adapters_events_and_properties() -> None:
    meters = [feature.meter for feature in rules_of("ai-media").features if feature.meter is not None]
    assert {meter.event_name for meter in meters} == set(EVENTS)
    for meter in meters:
        known = EVENTS[meter.event_name]
        assert meter.aggregation.field in known
        assert {item.key for item in meter.filters} <= known


def test_no_event_is_billed_by_two_media_meters_of_one_field() -> None:
    seen: set[tuple[str, str | None, tuple[tuple[str, str], ...]]] = set()
    for feature in rules_of("ai-media").features:
        if feature.meter is None:
            continue
        for combination in _each(feature.meter.filters):
            key = (feature.meter.event_name, feature.meter.aggregation.field, combination)
            assert key not in seen
            seen.add(key)


def _each(filters: tuple[Filter, ...]) -> list[tuple[tuple[str, str], ...]]:
    combinations: list[tuple[tuple[str, str], ...]] = [()]
    for item in sorted(filters, key=lambda item: item.key):
        combinations = [(*before, (item.key, value)) for before in combinations for value in item.values]
    return combinations


@pytest.mark.parametrize(
    ("plan_key", "feature", "amount"),
    [
        ("media_enterprise", "dalle.dall-e-3.1792x1024.hd", "0.12"),
        ("media_pro", "dalle.dall-e-3.1792x1024.hd", "0.144"),
        ("media_enterprise", "gpt_image.gpt-image-1.output", "0.00004"),
        ("media_pro", "gpt_image.gpt-image-1.text_input", "0.000006"),
        ("media_enterprise", "veo.veo-3.0-generate-001.1080p.standard.true", "0.4"),
        ("media_pro", "kling.kling-v2-1.720p.std.false", "0.0672"),
        ("media_enterprise", "seedance.seedance-1-0-pro-250528", "0.0000025"),
    ],
)
def test_media_rates_arrive_to_the_last_digit(plan_key: str, feature: str, amount: str) -> None:
    assert price_of(plan_key, feature).amount == Decimal(amount)


def test_worlds_are_priced_in_credits() -> None:
    config = price_of("media_pro", "marble.text.standard").price_unit_config
    assert config is not None
    assert (config.price_unit, config.amount) == ("mcr", Decimal("151.68"))
