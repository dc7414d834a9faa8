"""Runner of wallet-cases.yaml (its first lines are the key to the format): a case is a wallet's life, step by step."""

from collections.abc import Mapping
from typing import Any

from tests.vectors.wallets.server import opened
from tests.vectors.wallets.world import VectorWorld


def run_wallet_case(case: Mapping[str, Any]) -> None:
    """All steps, each with what it expects, in a workspace of their own."""
    with opened() as bank:
        world = VectorWorld(bank)
        for step in _keys_as_text(case["steps"]):
            world.perform(step)


def _keys_as_text(value: Any) -> Any:
    """YAML reads the bare key `on` as true."""
    if isinstance(value, dict):
        return {"on" if key is True else key: _keys_as_text(held) for key, held in value.items()}
    return [_keys_as_text(held) for held in value] if isinstance(value, list) else value
