"""docker/Dockerfile, docker/compose.yaml and .dockerignore as values. No Docker engine is needed to read them."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "docker/Dockerfile"
COMPOSE = ROOT / "docker/compose.yaml"
# All that this file of ours uses; anything else is an error here.
_KNOWN = {"FROM", "RUN", "COPY", "ENV", "WORKDIR", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"}


@dataclass(frozen=True)
class Instruction:
    """`flags`: --name=value; `words`: the rest, split at blanks or as the JSON list has them; `text`: the rest as it stands."""

    name: str
    flags: dict[str, str]
    words: list[str]
    text: str


@dataclass
class Stage:
    image: str
    name: str
    instructions: list[Instruction] = field(default_factory=list)

    def all(self, name: str) -> list[Instruction]:
        return [item for item in self.instructions if item.name == name]

    def one(self, name: str) -> Instruction:
        """The only instruction of a name."""
        (found,) = self.all(name)
        return found

    def environment(self) -> dict[str, str]:
        return dict(word.split("=", 1) for item in self.all("ENV") for word in item.words)  # type: ignore[misc]


def stages() -> list[Stage]:
    """The Dockerfile."""
    kept = [line for line in DOCKERFILE.read_text().splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"[ \t]*\\\n[ \t]*", " ", "\n".join(kept))
    found: list[Stage] = []
    for line in filter(None, map(str.strip, joined.splitlines())):
        name, _, rest = line.partition(" ")
        assert name in _KNOWN, f"not understood: {line}"
        instruction = _instruction(name, rest.strip())
        if name == "FROM":
            image, _, stage = (instruction.words[0], *instruction.words[1:], "", "")[:3]
            found.append(Stage(image, stage))
        else:
            found[-1].instructions.append(instruction)
    return found


def _instruction(name: str, rest: str) -> Instruction:
    flags = {}
    while match := re.match(r"--([a-z-]+)=(\S+)\s+", rest):
        flags[match[1]] = match[2]
        rest = rest[match.end() :]
    listed = re.search(r"\[.*\]\Z", rest) if name in ("CMD", "ENTRYPOINT", "HEALTHCHECK") else None
    return Instruction(name, flags, json.loads(listed[0]) if listed else rest.split(), rest)


def compose() -> dict[str, Any]:
    """The compose file."""
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return found


def is_ignored(path: str, patterns: list[str] | None = None) -> bool:
    """Whether .dockerignore keeps a file (relative to the root) out of the build: of the patterns that match it the last decides."""
    if patterns is None:
        lines = map(str.strip, (ROOT / ".dockerignore").read_text().splitlines())
        patterns = [line for line in lines if line and not line.startswith("#")]
    ignored = False
    for pattern in patterns:
        if _pattern(pattern.removeprefix("!")).match(path):
            ignored = not pattern.startswith("!")
    return ignored


def _pattern(pattern: str) -> re.Pattern[str]:
    """`*` within a name, `**/` any number of folders; a folder means all that is in it."""
    parts = re.split(r"(\*\*/|\*)", pattern.strip("/"))
    expressions = {"**/": "(?:.*/)?", "*": "[^/]*"}
    return re.compile("".join(expressions.get(part, re.escape(part)) for part in parts) + r"(?:/.*)?\Z")


def context_files() -> list[str]:
    """The files of the working tree that a build may copy, relative to the root."""
    tops = [path for path in ROOT.iterdir() if path.is_file() or not is_ignored(path.name)]
    files = [file for top in tops for file in ([top] if top.is_file() else top.rglob("*")) if file.is_file()]
    names = [file.relative_to(ROOT).as_posix() for file in files]
    return sorted(name for name in names if not is_ignored(name))
