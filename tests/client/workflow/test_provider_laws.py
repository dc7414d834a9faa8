"""Laws of all adapters, on recorded answers that were damaged at random places."""

import copy
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from flexprice_client.errors import ProviderResponseError
from flexprice_client.transport import encode_json
from flexprice_client.workflow.providers import ADAPTERS, JobContext, adapt
from flexprice_client.workflow.usage_event import Skipped, UsageEvent
from tests.client.workflow.recorded import Recorded, load_all

ANSWERS = list(load_all().values())

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**53 + 1, -1, 10**400, 10**20])
    | st.floats()
    | st.decimals()
    | st.text(max_size=8)
    | st.sampled_from(["", " ", "\ud800", "1e9", "9" * 5000, "succeed", "true"])
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place inside a JSON value."""
    found = []
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in pairs:
        found += [(*path, key), *places(item, (*path, key))]
    return found


def put(value: Any, path: tuple[Any, ...], item: Any, delete: bool) -> None:
    for key in path[:-1]:
        value = value[key]
    if delete:
        del value[path[-1]]
    else:
        value[path[-1]] = item


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, Any, Any]:
    answer: Recorded = draw(st.sampled_from(ANSWERS))
    document = copy.deepcopy({"response": answer.response, "context": answer.document["context"]})
    for _ in range(draw(st.integers(1, 3))):
        spots = [place for place in places(document) if len(place) > 1]
        if spots:
            put(document, draw(st.sampled_from(spots)), draw(values), draw(st.booleans()))
    return answer.provider, document["response"], document["context"]


@given(damaged())
def test_law_a_damaged_answer_gives_an_event_a_reason_or_the_documented_error(case: tuple[str, Any, Any]) -> None:
    provider, response, context = case
    try:
        result = adapt(provider, response, JobContext.from_json(context))
    except ProviderResponseError:
        return
    if isinstance(result, UsageEvent):
        assert encode_json(result.to_request())
        numbers = [item for item in result.properties.values() if isinstance(item, int | float)]
        assert all(number >= 0 for number in numbers)
    else:
        assert isinstance(result, Skipped)


@given(st.sampled_from(sorted(ADAPTERS)), values)
@example("kling", {"code": 10**5000})
@example("openai", {"error": {"code": 10**5000}})
def test_law_any_json_at_all_is_survived(provider: str, response: Any) -> None:
    try:
        result = adapt(provider, response, JobContext("c"))
    except ProviderResponseError:
        return
    assert isinstance(result, UsageEvent | Skipped)


@given(st.sampled_from(ANSWERS), st.data())
def test_law_what_changes_between_deliveries_does_not_change_the_event(answer: Recorded, data: st.DataObject) -> None:
    first = adapt(answer.provider, answer.response, answer.context)
    later = copy.deepcopy(answer.response)
    target = later["data"] if answer.provider == "kling" and "data" in later else later
    if isinstance(target, dict):
        target["updated_at"] = data.draw(st.integers(0, 10**13) | st.text(max_size=5))
        target["request_id"] = data.draw(st.text(max_size=5))
    assert adapt(answer.provider, later, answer.context) == first
