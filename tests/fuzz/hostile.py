"""Requests with one thing wrong: a field, the path, the query, or the bytes of the body."""

import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

_DEEP = 200
VALUES: tuple[Any, ...] = (
    *(None, "", 0, 1, -1, 0.5, True, False, [], {}, [None], [{}], {"a": 1}, [[]], "x" * 400, "\x00", "a\x01b", "\ud800", "💥", "é" * 256),
    *("1e400", "1e30", "-1e30", 10**12, -(10**30), 10**30, 2**31, 2**63, 2**63 - 1, -(2**63), 1e308, 1e-300, "NaN", "Infinity", "-0"),
    *("0.0000000000000001", "0." + "0" * 39 + "1", "1" * 40 + "." + "7" * 40, "+1", " 1", "1_000", "1,5", "0x10", "١", "1E5", "0.005"),
    *(
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-14:00",
        "9999-12-31T23:59:59.999999999+14:00",
        "2026-02-30T00:00:00Z",
    ),
    *(
        "2026-12-31T24:00:00Z",
        "2026-12-31T23:59:60Z",
        "2026-01-01",
        "2026-11-22T05:39:36",
        "2100-01-01T00:00:00+23:59",
        "1900-01-31T00:00:00Z",
    ),
    *("'; drop table customers --", "%", "\\", "..", "null", ["x"] * 300, [1, "a", None], 20240231, "USD", "XXQ", "jpy", "Mars/Olympus"),
    *("MONTHLY", "DAILY", "ONETIME", "FIXED", "USAGE", "ADVANCE", "TIERED", "CUSTOM", "calendar", "draft", "FINALIZED", "archived"),
)
RAW = (
    *(b"", b" ", b"null", b"[]", b"{", b'"x"', b"7", b'{"a":}', b"\xff\xfe{}", b"{}{}", b'{"id": 1, "id": "2"}', b"NaN", b'{"x": NaN}'),
    *(b"\xef\xbb\xbf{}", b'{"name": "\\ud83d"}', b'{"id": "\xc3\x28"}', b'{"": ""}', b'{"limit": 1e400}'),
    *(b"[" * _DEEP + b"]" * _DEEP, b'{"a":' * _DEEP + b"1" + b"}" * _DEEP),
)
NAMES = ("limit", "offset", "expand", "order", "sort", "status", "start_time", "end_time", "id", "sync", "url")


def spoiled(chance: Random, method: str, path: str, body: Any, fields: Sequence[str] = ()) -> tuple[str, bytes]:
    """The path and body of a request like the given one; `fields` are those its body may have."""
    kind = chance.random()
    if kind < 0.12:
        route, _, last = path.partition("?")[0].rpartition("/")
        return f"{route}/{quote(_text(chance.choice(VALUES))[:300].encode('utf-8', 'replace') or last, safe='')}", _raw(body)
    if kind < 0.25 or (body is None and method == "GET"):
        pairs = [(chance.choice(NAMES), _text(chance.choice(VALUES)).encode("utf-8", "replace")) for _ in range(chance.randint(1, 3))]
        return path + ("&" if "?" in path else "?") + urlencode(pairs), _raw(body)
    if kind < 0.33 or not isinstance(body, dict) or not (body or fields):
        return path, chance.choice(RAW)
    return path, _raw(_changed(chance, body, fields))


def _changed(chance: Random, body: Any, fields: Sequence[str]) -> Any:
    """One value of the body is another one, or not there."""
    where = chance.choice([*_places(body), *((name,) for name in fields)])
    copy = json.loads(json.dumps(body))
    held = copy
    for key in where[:-1]:
        held = held[key]
    if chance.random() < 0.15:
        held.pop(where[-1], None) if isinstance(held, dict) else held.pop(where[-1])
    else:
        held[where[-1]] = chance.choice(VALUES)
    return copy


def _places(value: Any, where: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if where:
        yield where
    for key, entry in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _places(entry, (*where, key))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _raw(body: Any) -> bytes:
    return b"" if body is None else json.dumps(body).encode()
