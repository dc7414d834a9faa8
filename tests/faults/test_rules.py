"""Whether a match is disturbed is a matter of seed, kind, operation and its number."""

import threading
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from flexprice_emulator.faults.book import FaultBook
from flexprice_emulator.faults.matching import Pattern
from flexprice_emulator.faults.rules import Rule, draw

SEEDS = st.text(max_size=8)


def made(rule_id: str = "fault_1", **given: object) -> Rule:
    settings: dict[str, object] = {"kind": "error", "operation": "*", "pattern": Pattern(), **given}
    return Rule(id=rule_id, **settings)  # type: ignore[arg-type]


def struck(rule: Rule, times: int) -> list[bool]:
    return [rule.strikes() is not None for _ in range(times)]


@given(seed=SEEDS, probability=st.floats(0.01, 1), after=st.integers(0, 20), count=st.none() | st.integers(1, 20))
def test_law_a_rule_repeats_by_its_seed(seed: str, probability: float, after: int, count: int | None) -> None:
    def fresh(rule_id: str) -> Rule:
        return made(rule_id, seed=seed, probability=probability, after=after, count=count)

    assert struck(fresh("fault_1"), 60) == struck(fresh("fault_77"), 60)


@given(seed=SEEDS, probability=st.floats(0.01, 1), after=st.integers(0, 20), count=st.integers(1, 20))
def test_law_after_and_count_bound_what_is_disturbed(seed: str, probability: float, after: int, count: int) -> None:
    rule = made(seed=seed, probability=probability, after=after, count=count)
    hits = struck(rule, 60)
    assert not any(hits[:after])
    assert sum(hits) == rule.injected <= count
    assert rule.matched == 60
    assert rule.used_up == (sum(hits) == count)


@given(seed=SEEDS, probability=st.floats(0.05, 0.95))
def test_law_without_a_count_each_match_stands_for_itself(seed: str, probability: float) -> None:
    expected = [draw(seed, "error", "*", n) < probability for n in range(1, 41)]
    assert struck(made(seed=seed, probability=probability), 40) == expected


def test_a_probability_is_about_how_often() -> None:
    assert 430 < sum(struck(made(seed="x", probability=0.25), 2000)) < 570


def test_other_seeds_other_matches() -> None:
    assert struck(made(seed="1", probability=0.5), 64) != struck(made(seed="2", probability=0.5), 64)


def test_threads_share_out_the_same_matches() -> None:
    rule, alone = made(seed="t", probability=0.3), made(seed="t", probability=0.3)
    numbers: list[int] = []

    def ask() -> None:
        for _ in range(250):
            n = rule.strikes()
            if n is not None:
                numbers.append(n)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [n for n in range(1, 2001) if alone.strikes() is not None]


def test_what_another_rule_ended_is_counted_apart() -> None:
    rule = made(count=2)
    assert rule.strikes(overruled=True) is None
    assert rule.strikes() == 2
    assert (rule.injected, rule.overruled, rule.used_up) == (1, 1, True)


def test_a_book_is_false_without_rules_and_never_repeats_an_id() -> None:
    book = FaultBook()
    make: Callable[[str], Rule] = made
    first = book.add("env_a", make)
    second = book.add("env_b", make)
    assert book
    assert book.remove("env_a", first.id) == [first]
    assert book.remove("env_a", second.id) == []
    assert book.remove("env_b") == [second]
    assert not book
    assert book.add("env_a", make).id not in (first.id, second.id)
