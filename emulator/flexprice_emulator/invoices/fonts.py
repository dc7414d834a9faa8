"""Fonts of this machine for what the PDF's built-in ones do not know, and the order in which scripts are printed.

A character that no font here knows is shown as `?`.
"""

import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Final

FOLDERS: Final[list[Path]] = [
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
    Path.home() / ".fonts",
    Path(sys.prefix) / "share/fonts",
    Path("/System/Library/Fonts"),
    Path("/Library/Fonts"),
    Path.home() / "Library/Fonts",
    Path("C:/Windows/Fonts"),
]
_MOST: Final = 400
# Plain faces of wide use first; then whatever else is no special cut.
_FIRST: Final = ("notosans-regular", "dejavusans", "liberationsans-regular", "arial", "arial unicode", "droidsansfallback", "notosanscjk")
_SPECIAL: Final = ("bold", "italic", "oblique", "mono", "serif", "condensed", "light", "thin", "black", "emoji", "math", "symbol", "kufi")
_RIGHT_TO_LEFT: Final = ("R", "AL")


@dataclass(frozen=True, slots=True)
class Face:
    """A font file, and its bold cut where there is one."""

    regular: Path
    bold: Path


def faces_for(text: str) -> list[Face]:
    """Faces that together know as much of the text as this machine can show; the one that knows most comes first."""
    left = {ord(letter) for letter in text if letter > " "}
    chosen: list[Path] = []
    while left:
        found = max(_files(tuple(FOLDERS)), key=lambda path: len(left & _covered(path)), default=None)
        if found is None or not left & _covered(found):
            break
        chosen.append(found)
        left -= _covered(found)
    return [Face(path, _bold_of(path)) for path in chosen]


def known(letter: str, faces: Iterable[Face]) -> bool:
    """Whether one of the faces can show a letter."""
    return any(ord(letter) in _covered(face.regular) for face in faces)


def in_print_order(text: str) -> str:
    """The letters as they follow each other from left to right; Arabic ones in the form their place asks for."""
    if not any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in text):
        return text
    from fpdf.bidi import BidiParagraph

    ordered: str = BidiParagraph(_joined(text)).get_reordered_string()
    return ordered


@lru_cache(maxsize=4)
def _files(folders: tuple[Path, ...]) -> Sequence[Path]:
    found = sorted(
        path for folder in folders if folder.is_dir() for path in folder.rglob("*") if path.suffix.lower() in (".ttf", ".ttc", ".otf")
    )
    return sorted(found, key=_rank)[:_MOST]


def _rank(path: Path) -> tuple[int, int]:
    name = path.stem.lower()
    first = next((place for place, start in enumerate(_FIRST) if name.startswith(start)), len(_FIRST))
    return sum(word in name for word in _SPECIAL), first


@lru_cache(maxsize=_MOST)
def _covered(path: Path) -> frozenset[int]:
    library = import_module("fontTools.ttLib")
    try:
        with path.open("rb") as file, library.TTFont(file, fontNumber=0, lazy=True) as font:
            return frozenset(font.getBestCmap() or ()) if "glyf" in font or "CFF " in font else frozenset()
    except (library.TTLibError, OSError, KeyError, AssertionError):
        return frozenset()


def _bold_of(path: Path) -> Path:
    stem = path.stem
    names = (stem.replace("Regular", "Bold"), f"{stem}-Bold", f"{stem}bd", f"{stem} Bold")
    return next((bold for name in names if name != stem and (bold := path.with_name(name + path.suffix)).is_file()), path)


@lru_cache(maxsize=1)
def _forms() -> dict[str, dict[str, str]]:
    """Arabic letter -> its presentation forms: isolated, final, initial, medial."""
    found: dict[str, dict[str, str]] = {}
    for code in (*range(0xFB50, 0xFBFF), *range(0xFE80, 0xFEF5)):
        kind, _, base = unicodedata.decomposition(chr(code)).partition(" ")
        if kind in ("<isolated>", "<final>", "<initial>", "<medial>") and " " not in base:
            found.setdefault(chr(int(base, 16)), {}).setdefault(kind[1:-1], chr(code))
    return found


def _joined(text: str) -> str:
    """Each Arabic letter in the form that its neighbours ask for; other text stays."""
    forms = _forms()
    shown = []
    for place, letter in enumerate(text):
        own = forms.get(letter)
        if own is None:
            shown.append(letter)
            continue
        before, after = _neighbour(text, place, -1), _neighbour(text, place, 1)
        joins_before = "final" in own and "initial" in forms.get(before, {})
        joins_after = "initial" in own and "final" in forms.get(after, {})
        form = {(True, True): "medial", (True, False): "final", (False, True): "initial"}.get((joins_before, joins_after), "isolated")
        shown.append(own.get(form, letter))
    return "".join(shown)


def _neighbour(text: str, place: int, step: int) -> str:
    """The next letter, signs above and below it left out."""
    place += step
    while 0 <= place < len(text) and unicodedata.combining(text[place]):
        place += step
    return text[place] if 0 <= place < len(text) else ""
