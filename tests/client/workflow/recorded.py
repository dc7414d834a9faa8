"""Recorded answers of providers, as the demo ships them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flexprice_emulator
from flexprice_client.workflow.providers import JobContext

RESPONSES = Path(flexprice_emulator.__file__).parent / "demo" / "responses"


@dataclass(frozen=True)
class Recorded:
    """One recorded answer of a provider."""

    name: str
    provider: str
    document: dict[str, Any]

    @property
    def response(self) -> Any:
        return self.document["response"]

    @property
    def context(self) -> JobContext:
        return JobContext.from_json(self.document["context"])


def load_all() -> dict[str, Recorded]:
    files = sorted(RESPONSES.glob("*/*.json"))
    return {f"{file.parent.name}/{file.stem}": Recorded(file.stem, file.parent.name, json.loads(file.read_text())) for file in files}
