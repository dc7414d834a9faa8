"""Pricing rules as code: YAML in the API's own words, checked with positions, applied to any Flexprice.

loaded = load(["rules.yaml"])                    RulesError lists every error with file:line:column
changes = plan(loaded.rules, target)             what would be done
apply(loaded.rules, target)                      does it; a second run changes nothing
"""
