"""What is wrong with a rules file, and exactly where.

Every issue renders as one line, `file:line:column: what is wrong: offending text; allowed values ...; did you mean X?`,
so an editor or a terminal can jump to it. Errors stop a load or an apply; warnings never do.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

Severity = Literal["error", "warning"]

_LONGEST_QUOTE = 80
_MOST_ALLOWED = 24


@dataclass(frozen=True, order=True)
class Place:
    """A position in a rules file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


# Items that were built in Python, not read from a file.
NOWHERE = Place("<rules>", 1, 1)


@dataclass(frozen=True)
class Issue:
    """One finding. `found` is the offending text, `allowed` what would be accepted there, `suggestion` the nearest of it."""

    place: Place
    message: str
    found: str | None = None
    allowed: tuple[str, ...] = ()
    suggestion: str | None = None
    severity: Severity = "error"

    def __str__(self) -> str:
        parts = [self.message if self.found is None else f"{self.message}: {_quoted(self.found)}"]
        if self.allowed:
            shown = ", ".join(self.allowed[:_MOST_ALLOWED])
            more = len(self.allowed) - _MOST_ALLOWED
            parts.append(f"allowed: {shown}" + (f" and {more} more" if more > 0 else ""))
        if self.suggestion is not None:
            parts.append(f"did you mean {self.suggestion}?")
        prefix = f"{self.place}: " if self.severity == "error" else f"{self.place}: warning: "
        return prefix + "; ".join(parts)


class RulesError(ValueError):
    """The rules cannot be used. `issues` holds every error found, in file order; `str()` is one line each."""

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.issues: tuple[Issue, ...] = in_order(issues)
        super().__init__("\n".join(str(issue) for issue in self.issues))


def in_order(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """Sorted by place, each issue once."""
    return tuple(sorted(dict.fromkeys(issues), key=lambda issue: (issue.place, issue.message, issue.found or "")))


def errors_of(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """Only the issues that stop a load."""
    return tuple(issue for issue in issues if issue.severity == "error")


def nearest(text: str, allowed: Sequence[str]) -> str | None:
    """The allowed spelling closest to `text` (letter case first, then edit distance), or None when nothing is close."""
    folded: dict[str, str] = {}
    for candidate in allowed:
        folded.setdefault(_fold(candidate), candidate)
    if _fold(text) in folded:
        return folded[_fold(text)]
    close = get_close_matches(_fold(text[:_LONGEST_QUOTE]), list(folded), n=1, cutoff=0.6)
    return folded[close[0]] if close else None


def unknown(place: Place, message: str, found: str, allowed: Iterable[str], *, severity: Severity = "error") -> Issue:
    """An issue for a name or value that is none of `allowed`, with the nearest spelling."""
    options = tuple(allowed)
    return Issue(place, message, found, options, nearest(found, options), severity)


def warning(place: Place, message: str, found: str | None = None) -> Issue:
    """An issue that does not stop anything."""
    return Issue(place, message, found, severity="warning")


def _fold(text: str) -> str:
    return text.casefold().replace("-", "_").replace(" ", "_")


def _quoted(text: str) -> str:
    line = text.replace("\r", "\\r").replace("\n", "\\n")
    return line if len(line) <= _LONGEST_QUOTE else line[: _LONGEST_QUOTE - 1] + "…"
