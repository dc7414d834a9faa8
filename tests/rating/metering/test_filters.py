from flexprice_emulator.rating.metering.filters import compile_filters, matches, matches_text
from flexprice_emulator.rating.metering.model import MeterFilter

FILTERS = compile_filters((MeterFilter("model", ("a", "b")), MeterFilter("n", ("1", "1e+06"))))


def test_all_keys_and_any_value() -> None:
    assert matches(FILTERS, {"model": "b", "n": 1})
    assert not matches(FILTERS, {"model": "c", "n": 1})
    assert not matches(FILTERS, {"model": "a", "n": 2})


def test_a_missing_key_fails_and_no_filters_pass() -> None:
    assert not matches(FILTERS, {"model": "a"})
    assert matches(compile_filters(()), {})


def test_the_text_of_ingestion_is_scientific_from_a_million() -> None:
    assert matches(FILTERS, {"model": "a", "n": 1000000})
    assert not matches(FILTERS, {"model": "a", "n": "1000000"})
    assert not matches(FILTERS, {"model": "A", "n": 1})


def test_the_text_of_a_read_is_json() -> None:
    assert matches_text({"n": ["1000000"]}, {"n": 1000000})
    assert matches_text({"b": ["true"]}, {"b": True})
    assert not matches_text({"b": ["true"]}, None)
    assert matches_text({}, None)
