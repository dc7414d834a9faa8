"""The tree a rules file is read into.

A scalar stays the text that was written; what it means is decided by the field it stands in. So `0.10` never
passes through a float, `on` and `no` are words, and a date is text until a field asks for a time.
"""

from collections.abc import Sequence

from flexprice_rules.issues import Place

PathStep = str | int


class Text(str):
    """A scalar as written. `plain` is False for quoted and block scalars."""

    __slots__ = ("place", "plain")

    place: Place
    plain: bool

    def __new__(cls, value: str, place: Place, *, plain: bool) -> "Text":
        text = super().__new__(cls, value)
        text.place = place
        text.plain = plain
        return text


class Map(dict[str, "Value"]):
    """A mapping; `place` is its start, `keys_at` where each key stands, `values_at` where each value starts."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.keys_at: dict[str, Place] = {}
        self.values_at: dict[str, Place] = {}


class Seq(list["Value"]):
    """A list; `items_at` is where each item starts."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.items_at: list[Place] = []


# None stands for an empty plain scalar, `null` or `~`.
Value = Text | Map | Seq | None


def place_of(root: Value, path: Sequence[PathStep], *, key: bool = False) -> Place | None:
    """Where the value at `path` stands, or as near above it as the file goes.

    With `key=True` the place of the last step's key instead of its value.
    """
    place = getattr(root, "place", None)
    here: Value = root
    for index, step in enumerate(path):
        if isinstance(here, Map) and isinstance(step, str) and step in here:
            last = index == len(path) - 1
            place = here.keys_at[step] if key and last else here.values_at[step]
            here = here[step]
        elif isinstance(here, Seq) and isinstance(step, int) and step < len(here):
            place = here.items_at[step]
            here = here[step]
        else:
            break
    return place if isinstance(place, Place) else None
