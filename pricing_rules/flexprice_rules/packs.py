"""Ready rules that come with the package; examples to copy and adapt."""

from pathlib import Path

_HERE = Path(__file__).parent


def pack_names() -> tuple[str, ...]:
    """Names of the packs, such as `ai-media`."""
    return tuple(sorted(path.stem for path in _folder().glob("*.yaml")))


def pack_path(name: str) -> Path:
    """The file of a pack. Raises KeyError for an unknown name."""
    if name not in pack_names():
        raise KeyError(f"no such pack: {name}; there are {', '.join(pack_names())}")
    return _folder() / f"{name}.yaml"


def _folder() -> Path:
    # Installed, the packs lie inside the package; in a checkout beside it.
    inside = _HERE / "packs"
    return inside if inside.is_dir() else _HERE.parent / "packs"
