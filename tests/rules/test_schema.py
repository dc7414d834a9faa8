"""The committed JSON Schema is the model's, and its words are the model's."""

import json
from pathlib import Path

from flexprice_rules.fields import field_names
from flexprice_rules.model import Rules
from flexprice_rules.schema import SCHEMA_NAME, schema, schema_text

COMMITTED = Path(__file__).parents[2] / "pricing_rules" / "schema" / SCHEMA_NAME


def test_the_committed_schema_is_current() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == schema_text(), "write `flexprice-emulator rules schema` to it"


def test_the_schema_closes_every_object_and_knows_the_enums() -> None:
    definitions = json.loads(schema_text())["$defs"]
    assert all(definition["additionalProperties"] is False for definition in definitions.values())
    assert definitions["Price"]["properties"]["type"]["enum"] == ["USAGE", "FIXED"]
    assert set(schema()["properties"]) == set(Rules.model_fields)


def test_fields_are_found_through_lists_maps_and_options() -> None:
    assert "bucket_size" in field_names(Rules, ["features", 0, "meter", "aggregation"])
    assert "field" in field_names(Rules, ["rate_card", 0, "measures", "out"])
    assert "credits" in field_names(Rules, ["subscriptions", 0, "credit_grants", 1])
    assert field_names(Rules, ["plans", 0, "name"]) == ()
    assert field_names(Rules, ["nothing", 0]) == ()
