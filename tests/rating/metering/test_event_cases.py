"""All measured event cases, and how many of their figures exist only before copies are merged."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.vectors.kinds.events import exempt_checks

DOCUMENT: dict[str, Any] = yaml.safe_load((Path(__file__).parents[2] / "vectors" / "event-cases.yaml").read_text())
CASES = [case for case in DOCUMENT["cases"] if "checks" in case]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_event_case(case: dict[str, Any]) -> None:
    exempt = exempt_checks(case, DOCUMENT["defaults"])
    event_ids = [event["event_id"] for event in case["events"]]
    assert not exempt or len(set(event_ids)) < len(event_ids), "only a case with copies can have figures of the time before a merge"


def test_figures_of_the_time_before_a_merge_are_few() -> None:
    exempt = [check for case in CASES for check in exempt_checks(case, DOCUMENT["defaults"])]
    assert len(exempt) <= 3, exempt
