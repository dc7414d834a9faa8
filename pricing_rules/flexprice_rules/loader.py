"""Rules from YAML text or files: every error at once, each with its place.

    load(paths)         one set of rules from one or more files, rate cards expanded, checks passed
    parse(text, file)   the same from a text
    read_rules(...)     the typed model alone, without expansion and checks

Amounts are taken from the literal text; see `flexprice_rules.document` for what scalars mean.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from flexprice_rules.checks import check
from flexprice_rules.document import Map, Seq, place_of, read
from flexprice_rules.fields import field_names
from flexprice_rules.issues import Issue, Place, RulesError, errors_of, in_order, nearest
from flexprice_rules.model import Rules
from flexprice_rules.rate_card import expand


@dataclass(frozen=True)
class Loaded:
    """Rules that passed every check, and the warnings about them."""

    rules: Rules
    warnings: tuple[Issue, ...]


def load(paths: Sequence[Path | str]) -> Loaded:
    """Rules of all files together. Raises RulesError with every error of every file."""
    texts: list[tuple[str, str]] = []
    issues: list[Issue] = []
    for path in paths:
        try:
            texts.append((Path(path).read_bytes().decode("utf-8-sig"), str(path)))
        except OSError as error:
            issues.append(Issue(Place(str(path), 1, 1), f"cannot be read: {error.strerror or error}"))
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            issues.append(Issue(Place(str(path), line, 1), "not UTF-8 text"))
    return _load(texts, issues)


def parse(text: str, file: str = "<rules>") -> Loaded:
    """Rules of one text. Raises RulesError with every error found."""
    return _load([(text, file)], [])


def read_rules(text: str, file: str = "<rules>") -> tuple[Rules | None, list[Issue]]:
    """The typed model of one text, or None, and every error that stands in the way. Never raises."""
    tree, issues = read(text, file)
    if tree is None:
        return None, issues or [Issue(Place(file, 1, 1), "the file holds no rules")]
    if not isinstance(tree, Map):
        place = place_of(tree, ()) or Place(file, 1, 1)
        return None, [*issues, Issue(place, "rules are a mapping that begins with version: 1")]
    try:
        rules = Rules.model_validate(tree)
    except ValidationError as error:
        root = place_of(tree, ()) or Place(file, 1, 1)
        return None, issues + [_issue(detail, tree, root) for detail in error.errors(include_url=False)]
    return (None if issues else rules), issues


def combine(parts: Iterable[Rules]) -> Rules:
    """The sections of several rules one after another."""
    whole = Rules(version=1)
    for part in parts:
        sections = [name for name in Rules.model_fields if name != "version"]
        # Items are valid already; copying keeps where each was written.
        whole = whole.model_copy(update={name: getattr(whole, name) + getattr(part, name) for name in sections})
    return whole


def _load(texts: Iterable[tuple[str, str]], issues: list[Issue]) -> Loaded:
    parts: list[Rules] = []
    for text, file in texts:
        rules, found = read_rules(text, file)
        issues += found
        if rules is not None:
            parts.append(rules)
    if issues:
        raise RulesError(issues)
    expanded, found = expand(combine(parts))
    findings = in_order([*found, *check(expanded)])
    if errors_of(findings):
        raise RulesError(errors_of(findings))
    return Loaded(expanded, findings)


def _issue(detail: ErrorDetails, tree: Map, root: Place) -> Issue:
    """One validation error in the words and at the place of the file."""
    path = detail["loc"]
    steps = [step for step in path if step != "[key]"]
    kind, given, context = detail["type"], detail["input"], detail.get("ctx", {})
    name = str(path[-1]) if path else ""
    if kind == "missing":
        return Issue(place_of(tree, steps[:-1]) or root, "required field is missing", name)
    if kind == "extra_forbidden":
        allowed = field_names(Rules, steps[:-1])
        return Issue(place_of(tree, steps, key=True) or root, "unknown field", name, allowed, nearest(name, allowed))
    place = place_of(tree, steps) or root
    if given is None:
        return Issue(place_of(tree, steps, key=True) or root, "no value given", name)
    if kind == "literal_error":
        allowed = tuple(_literals(context.get("expected", "")))
        return Issue(place, f"not an allowed {name}", _shown(given), allowed, nearest(_shown(given), allowed))
    if kind == "value_error":
        return Issue(place, str(context.get("error", detail["msg"])), _shown(given))
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return Issue(place, "expected a mapping of fields", _shown(given))
    if kind in ("list_type", "tuple_type"):
        return Issue(place, "expected a list", _shown(given))
    if kind in ("string_type", "int_type", "decimal_type", "bool_type", "datetime_type"):
        return Issue(place, f"expected a single value for {name}", _shown(given))
    return Issue(place, detail["msg"][:1].lower() + detail["msg"][1:], _shown(given))


def _literals(expected: str) -> list[str]:
    # pydantic writes: 'A', 'B' or 'C'
    return [part.strip().strip("'") for part in expected.replace(" or ", ", ").split(", ") if part.strip()]


def _shown(given: object) -> str:
    if isinstance(given, Map):
        return "{" + ", ".join(given) + "}"
    if isinstance(given, Seq):
        return f"[{len(given)} items]"
    return str(given)
