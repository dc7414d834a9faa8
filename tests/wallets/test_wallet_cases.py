"""The measured wallet cases, step by step. Grants (G…) are held to theirs in tests/grants."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.wallets.case_world import CaseWorld
from tests.wallets.conftest import Bank


def _keys_as_text(value: Any) -> Any:
    """YAML reads the bare key `on` as true."""
    if isinstance(value, dict):
        return {"on" if key is True else key: _keys_as_text(held) for key, held in value.items()}
    return [_keys_as_text(held) for held in value] if isinstance(value, list) else value


CASES = [
    _keys_as_text(case)
    for case in yaml.safe_load((Path(__file__).parent / "wallet-cases.yaml").read_text())["cases"]
    if case["id"].startswith("W")
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']} {case['title']}")
def test_case(case: dict[str, Any], bank: Bank) -> None:
    world = CaseWorld(bank)
    for step in case["steps"]:
        world.perform(step)
