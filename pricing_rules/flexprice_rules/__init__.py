"""Pricing rules as code: YAML in the API's own words, checked with positions, applied to any Flexprice.

loaded = load(["rules.yaml"])       RulesError lists every error with file:line:column
plan(loaded.rules, target)          what would be done
apply(loaded.rules, target)         does it; a second run changes nothing
"""

from flexprice_rules.apply import Applied, ApplyError, apply
from flexprice_rules.changes.change import Call, Change, Ref
from flexprice_rules.dump import to_yaml
from flexprice_rules.issues import Issue, Place, RulesError
from flexprice_rules.loader import Loaded, load, parse
from flexprice_rules.model import Rules
from flexprice_rules.packs import pack_names, pack_path
from flexprice_rules.plan import plan
from flexprice_rules.schema import schema
from flexprice_rules.target import ClientTarget, Target

__all__ = [
    "Applied",
    "ApplyError",
    "Call",
    "Change",
    "ClientTarget",
    "Issue",
    "Loaded",
    "Place",
    "Ref",
    "Rules",
    "RulesError",
    "Target",
    "apply",
    "load",
    "pack_names",
    "pack_path",
    "parse",
    "plan",
    "schema",
    "to_yaml",
]
