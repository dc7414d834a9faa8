"""Random histories of a firm keep every promise: nothing fails, refusals and reads change nothing, explanations and the doctor agree
with the invoices, figures are exact, and the same requests give the same bytes.

More and longer ones by hand: `FUZZ_HISTORIES=500 FUZZ_MOVES=60 pytest tests/fuzz/test_histories.py`.
"""

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flexprice_emulator.workspace import archive
from tests.fuzz.firm import Firm
from tests.fuzz.histories import live

HISTORIES, MOVES = int(os.environ.get("FUZZ_HISTORIES", "4")), int(os.environ.get("FUZZ_MOVES", "12"))
_CHEAP = settings(max_examples=HISTORIES, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
_SEEDS = st.integers(0, 2**32 - 1)


def _content(firm: Firm) -> bytes:
    with firm.workspace.lock, firm.workspace.engine.begin() as connection:
        return archive.write(connection)


@_CHEAP
@given(seeds=st.lists(_SEEDS, min_size=MOVES, max_size=MOVES, unique=True))
def test_whatever_happens_the_promises_are_kept(seeds: list[int]) -> None:
    firm = Firm.found()
    try:
        live(firm, seeds)
    finally:
        firm.close()


@settings(_CHEAP, max_examples=max(1, HISTORIES // 4))
@given(seeds=st.lists(_SEEDS, min_size=MOVES, max_size=MOVES, unique=True))
def test_the_same_requests_give_the_same_bytes(seeds: list[int]) -> None:
    worlds = []
    for _ in range(2):
        firm = Firm.found()
        firm.is_strict = False
        try:
            live(firm, seeds)
            worlds.append((firm.asked, firm.answers, _content(firm)))
        finally:
            firm.close()
    one, other = worlds
    assert one[0] == other[0]
    assert one[1] == other[1]
    assert one[2] == other[2]


@settings(_CHEAP, max_examples=max(2, HISTORIES // 2))
@given(seeds=st.lists(_SEEDS, min_size=MOVES // 2, max_size=MOVES // 2, unique=True))
def test_with_one_thing_wrong_a_request_fails_cleanly(seeds: list[int]) -> None:
    firm = Firm.found()
    firm.hostile = 2
    try:
        live(firm, seeds)
    finally:
        firm.close()
