"""The YAML tree: literal texts, places, and what is refused."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flexprice_rules.document import Map, Seq, Text, place_of, read
from flexprice_rules.document.reader import MAX_DEPTH


def tree_of(text: str) -> object:
    tree, issues = read(text, "f.yaml")
    assert issues == []
    return tree


@pytest.mark.parametrize("literal", ["0.10", "1e5", "yes", "on", "NO", "2025-01-01", "0x1F", "1_000", "12:30:45", "True", ".inf"])
def test_a_plain_scalar_stays_the_text_that_was_written(literal: str) -> None:
    tree = tree_of(f"a: {literal}")
    assert isinstance(tree, Map)
    assert tree["a"] == literal
    assert isinstance(tree["a"], Text)
    assert tree["a"].plain


@pytest.mark.parametrize("empty", ["", "~", "null"])
def test_empty_plain_scalars_are_none_and_quoted_ones_text(empty: str) -> None:
    assert tree_of(f"a: {empty}\nb: '{empty}'") == {"a": None, "b": empty}


def test_every_node_knows_its_place() -> None:
    tree = tree_of("a:\n  - b: 1\n  -   c:  x\n")
    assert str(place_of(tree, ["a", 1, "c"], key=True)) == "f.yaml:3:7"  # type: ignore[arg-type]
    assert str(place_of(tree, ["a", 1, "c"])) == "f.yaml:3:11"  # type: ignore[arg-type]
    assert str(place_of(tree, ["a", 1, "missing", "deep"])) == "f.yaml:3:7"  # type: ignore[arg-type]


def test_aliases_repeat_and_merges_yield_to_own_keys() -> None:
    tree = tree_of("base: &b {x: 1, y: 2}\nlist: [*b]\nown: {<<: *b, y: 3}\nmany: {<<: [*b, {x: 9, z: 4}]}")
    assert isinstance(tree, Map)
    assert tree["list"] == [{"x": "1", "y": "2"}]
    assert isinstance(tree["list"], Seq)
    assert tree["own"] == {"x": "1", "y": "3"}
    assert tree["many"] == {"x": "1", "y": "2", "z": "4"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3", "f.yaml:3:1: duplicate key, first given at line 1: a"),
        ("a: !!int 1", "f.yaml:1:4: YAML tags are not used in rules: tag:yaml.org,2002:int"),
        ("a: !!python/object:os.system x", "f.yaml:1:4: YAML tags are not used in rules: tag:yaml.org,2002:python/object:os.system"),
        ("? [a]\n: 1", "f.yaml:1:3: a key must be a single word or text"),
        ("a: &x [*x]", "f.yaml:1:4: an anchor contains itself"),
        ("<<: 1", "f.yaml:1:5: << merges mappings only"),
        ("a: \x01", "f.yaml:1:4: character not allowed in YAML: '\\x01'"),
        ("a: 1\n---\nb: 2", "f.yaml:2:1: not valid YAML: expected a single document in the stream, but found another document"),
        ("a: [1\nb: 2", "f.yaml:2:2: not valid YAML: while parsing a flow sequence, expected ',' or ']', but got ':'"),
        ("# nothing\n", "f.yaml:1:1: the file is empty"),
        ("[" * (MAX_DEPTH + 1), f"f.yaml:1:{MAX_DEPTH + 1}: not valid YAML: nested deeper than {MAX_DEPTH} levels"),
    ],
)
def test_what_is_refused_is_named_with_its_place(text: str, expected: str) -> None:
    assert [str(issue) for issue in read(text, "f.yaml")[1]] == [expected]


def test_aliases_cannot_expand_without_bound() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    tree, issues = read("\n".join(lines), "f.yaml")
    assert tree is None
    assert "aliases expand to more than" in issues[0].message


def test_aliases_cannot_nest_without_bound() -> None:
    deep = "[" * (MAX_DEPTH - 3)
    shut = "]" * (MAX_DEPTH - 3)
    lines = [f"a0: &a0 {deep}x{shut}", *(f"a{n}: &a{n} {deep}*a{n - 1}{shut}" for n in range(1, 60))]
    _, issues = read("\n".join(lines), "f.yaml")
    assert any("nested deeper" in issue.message for issue in issues)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=()), max_size=200))
@example("a: \ud800")
@example("%YAML 9.9\n--- a")
@example("a: &")
@example("\ufeffa: 1")
def test_reading_never_raises(text: str) -> None:
    """Invariant: any text gives a tree or at least one issue."""
    tree, issues = read(text, "f.yaml")
    assert tree is not None or issues or text.strip() in ("~", "null", "''", '""', "---")
