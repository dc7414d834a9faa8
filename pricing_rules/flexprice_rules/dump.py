"""Rules as YAML text that loads to the same rules; fields at their defaults are left out."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import yaml

from flexprice_rules.changes.bodies import time_text
from flexprice_rules.model import Item, Rules

_HOW_WIDE = 120


class _Dumper(yaml.SafeDumper):
    """Writes what the loader reads: amounts as plain decimals, every other text quoted where it could be misread."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _decimal(dumper: yaml.SafeDumper, value: Decimal) -> yaml.ScalarNode:
    shown = format(value, "f")
    return dumper.represent_scalar(f"tag:yaml.org,2002:{'float' if '.' in shown else 'int'}", shown)


_Dumper.add_representer(Decimal, _decimal)


def to_yaml(rules: Rules) -> str:
    """The text of a rules file."""
    return yaml.dump(_plain(rules), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_HOW_WIDE)


def _plain(value: Any) -> Any:
    if isinstance(value, Item):
        shown = {name: getattr(value, name) for name, field in type(value).model_fields.items() if _said(value, name, field.is_required())}
        return {name: _plain(item) for name, item in shown.items()}
    if isinstance(value, datetime):
        return str(time_text(value))
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    # Subclasses of text carry places, which a dumper does not know.
    return str(value) if isinstance(value, str) else value


def _said(item: Item, name: str, required: bool) -> bool:
    field = type(item).model_fields[name]
    return required or getattr(item, name) != field.get_default(call_default_factory=True, validated_data={})
