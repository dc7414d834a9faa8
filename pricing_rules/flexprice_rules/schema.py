"""The JSON Schema of a rules file, for completion and checking in editors."""

import json
from typing import Any

from flexprice_rules.model import Rules

SCHEMA_NAME = "flexprice-rules.schema.json"


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of `Rules`."""
    generated = Rules.model_json_schema()
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Flexprice pricing rules"}
    return {**head, **{name: value for name, value in generated.items() if name != "title"}}


def schema_text() -> str:
    """The schema as it is committed."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
