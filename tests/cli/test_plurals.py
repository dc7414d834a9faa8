"""Counts that the command line prints agree with their nouns."""

from typing import Any

import pytest

from flexprice_emulator.cli import faults


@pytest.mark.parametrize(
    ("count", "injected", "matched", "said"),
    [
        (None, 0, 0, "struck 0 times in 0 matches"),
        (None, 1, 1, "struck 1 time in 1 match"),
        (1, 0, 0, "struck 0 of 1 time in 0 matches"),
        (3, 1, 1, "struck 1 of 3 times in 1 match"),
    ],
)
def test_how_often_a_rule_struck(capsys: Any, count: int | None, injected: int, matched: int, said: str) -> None:
    rule = {"id": "f", "kind": "drop", "operation": "*", "options": {}, "probability": 1, "after": 0, "state": "active"}
    faults._say({**rule, "count": count, "injected": injected, "matched": matched})
    assert capsys.readouterr().out.strip() == f"f drop *: {said}"
