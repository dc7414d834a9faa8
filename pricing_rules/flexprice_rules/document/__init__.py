"""YAML text as a tree that keeps every literal and every position (no implicit types)."""

from flexprice_rules.document.nodes import Map, Seq, Text, Value, place_of
from flexprice_rules.document.reader import read

__all__ = ["Map", "Seq", "Text", "Value", "place_of", "read"]
