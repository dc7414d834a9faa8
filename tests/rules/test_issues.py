"""How findings read."""

from flexprice_rules.issues import Issue, Place, RulesError, nearest, unknown, warning

PLACE = Place("f.yaml", 3, 7)


def test_an_issue_is_one_line_an_editor_can_jump_to() -> None:
    issue = unknown(PLACE, "not an allowed type", "usage", ["USAGE", "FIXED"])
    assert str(issue) == "f.yaml:3:7: not an allowed type: usage; allowed: USAGE, FIXED; did you mean USAGE?"
    assert str(warning(PLACE, "careful")) == "f.yaml:3:7: warning: careful"


def test_long_and_broken_texts_stay_one_line() -> None:
    shown = str(Issue(PLACE, "wrong", "a\nb" + "x" * 200))
    assert "\n" not in shown
    assert len(shown) < 120


def test_many_allowed_values_are_cut() -> None:
    assert "and 76 more" in str(unknown(PLACE, "no such key", "zzz", [f"key{number}" for number in range(100)]))


def test_the_nearest_spelling_prefers_letter_case_and_gives_up_on_strangers() -> None:
    assert nearest("Pre-Paid", ["POST_PAID", "PRE_PAID"]) == "PRE_PAID"
    assert nearest("featuers", ["plans", "features"]) == "features"
    assert nearest("xyzzy", ["plans", "features"]) is None


def test_errors_stand_in_file_order_and_once() -> None:
    late, early = Issue(Place("f.yaml", 9, 1), "late"), Issue(PLACE, "early")
    assert RulesError([late, early, late]).issues == (early, late)
