"""Safe YAML reading: no tags, no implicit types, no duplicate keys, bounded aliases.

Aliases may repeat a part of the file; the whole tree is held under `MAX_NODES` values after they are followed, so a
few lines cannot expand into gigabytes. `<<: *anchor` merges a mapping; keys written beside it win.
"""

from typing import Final

import yaml
from yaml.composer import Composer
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

from flexprice_rules.document.nodes import Map, Seq, Text, Value
from flexprice_rules.issues import Issue, Place

MAX_NODES: Final = 100_000
MAX_DEPTH: Final = 40

_PLAIN_TAGS: Final = {
    ScalarNode: BaseResolver.DEFAULT_SCALAR_TAG,
    SequenceNode: BaseResolver.DEFAULT_SEQUENCE_TAG,
    MappingNode: BaseResolver.DEFAULT_MAPPING_TAG,
}
_NULLS: Final = frozenset({"", "~", "null"})


class _Composer(Reader, Scanner, Parser, Composer, BaseResolver):
    """Composes nodes without ever resolving a scalar's type; nesting is bounded."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        BaseResolver.__init__(self)
        self.depth = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        self.depth += 1
        try:
            if self.depth > MAX_DEPTH:
                raise yaml.MarkedYAMLError(None, None, f"nested deeper than {MAX_DEPTH} levels", self.peek_event().start_mark)  # type: ignore[no-untyped-call]
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


class _TooLarge(Exception):
    """Aliases expand to more values than a rules file may hold."""


def read(text: str, file: str) -> tuple[Value, list[Issue]]:
    """The tree of `text`, and every problem found on the way. `file` is the name used in places. Never raises."""
    issues: list[Issue] = []
    try:
        root = _Composer(text).get_single_node()
    except ReaderError as error:
        line, column = _line_and_column(text, error.position)
        issues.append(Issue(Place(file, line, column), "character not allowed in YAML", repr(text[error.position : error.position + 1])))
        return None, issues
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark is not None else Place(file, 1, 1)
        what = ", ".join(part for part in (error.context, error.problem) if part)
        issues.append(Issue(place, f"not valid YAML: {what}"))
        return None, issues
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        issues.append(Issue(Place(file, 1, 1), f"not valid YAML: {error}"))
        return None, issues
    if root is None:
        issues.append(Issue(Place(file, 1, 1), "the file is empty"))
        return None, issues
    reading = _Reading(file, issues)
    try:
        return reading.value(root), issues
    except _TooLarge:
        issues.append(Issue(reading.place(root), f"aliases expand to more than {MAX_NODES} values"))
        return None, issues


class _Reading:
    """One walk over the composed nodes."""

    def __init__(self, file: str, issues: list[Issue]) -> None:
        self.file = file
        self.issues = issues
        self.seen = 0
        self.open: set[int] = set()

    def place(self, node: Node) -> Place:
        return Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def value(self, node: Node) -> Value:
        self.seen += 1
        if self.seen > MAX_NODES:
            raise _TooLarge
        if node.tag != _PLAIN_TAGS.get(type(node)):
            self.issues.append(Issue(self.place(node), "YAML tags are not used in rules", node.tag))
        if isinstance(node, ScalarNode):
            plain = node.style is None
            if plain and node.value in _NULLS:
                return None
            return Text(node.value, self.place(node), plain=plain)
        if id(node) in self.open:
            self.issues.append(Issue(self.place(node), "an anchor contains itself"))
            return None
        if len(self.open) > MAX_DEPTH:
            self.issues.append(Issue(self.place(node), f"nested deeper than {MAX_DEPTH} levels"))
            return None
        self.open.add(id(node))
        try:
            return self.sequence(node) if isinstance(node, SequenceNode) else self.mapping(node)
        finally:
            self.open.discard(id(node))

    def sequence(self, node: SequenceNode) -> Seq:
        items = Seq(self.place(node))
        for child in node.value:
            items.items_at.append(self.place(child))
            items.append(self.value(child))
        return items

    def mapping(self, node: Node) -> Map:
        result = Map(self.place(node))
        merged: list[Map] = []
        for key_node, value_node in node.value:
            key_place = self.place(key_node)
            if not isinstance(key_node, ScalarNode):
                self.issues.append(Issue(key_place, "a key must be a single word or text"))
                continue
            key = key_node.value
            if key == "<<" and key_node.style is None:
                merged += self.merged(value_node)
            elif key in result:
                self.issues.append(Issue(key_place, f"duplicate key, first given at line {result.keys_at[key].line}", key))
            else:
                result.keys_at[key] = key_place
                result.values_at[key] = self.place(value_node)
                result[key] = self.value(value_node)
        for source in merged:
            for key, value in source.items():
                if key not in result:
                    result.keys_at[key] = source.keys_at[key]
                    result.values_at[key] = source.values_at[key]
                    result[key] = value
        return result

    def merged(self, node: Node) -> list[Map]:
        value = self.value(node)
        sources: list[Value] = list(value) if isinstance(value, Seq) else [value]
        maps = [source for source in sources if isinstance(source, Map)]
        if len(maps) != len(sources):
            self.issues.append(Issue(self.place(node), "<< merges mappings only"))
        return maps


def _line_and_column(text: str, position: int) -> tuple[int, int]:
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1
