from hypothesis import given
from hypothesis import strategies as st

from flexprice_client import errors
from flexprice_client.transport import RetryPolicy

POLICY = RetryPolicy(max_retries=3, base_delay=1.0, max_delay=5.0, max_retry_after=20.0)


def wait(error: errors.FlexpriceError, attempt: int = 1, repeatable: bool = True, random: float = 0.999999) -> float | None:
    delay = POLICY.delay(error, attempt=attempt, repeatable=repeatable, random=lambda: random)
    return None if delay is None else round(delay, 3)


def test_waits_double_up_to_the_maximum_and_end() -> None:
    error = errors.ServerError("x", status=503)
    assert [wait(error, attempt) for attempt in (1, 2, 3, 4)] == [1.0, 2.0, 4.0, None]
    assert wait(error, 1, random=0.0) == 0.5


def test_only_the_listed_statuses_are_worth_another_try() -> None:
    retried = {status for status in range(300, 600) if wait(errors.APIError("x", status=status)) is not None}
    assert retried == {429, 500, 502, 503, 504}


def test_a_call_that_may_have_taken_effect_is_not_repeated() -> None:
    for error in (errors.ServerError("x", status=503), errors.TimeoutError("x"), errors.ConnectionLostError("x")):
        assert wait(error, repeatable=False) is None
    for refused in (errors.RateLimitError("x", status=429), errors.ConnectError("x")):
        assert wait(refused, repeatable=False) is not None


def test_what_the_service_asks_for_is_honoured_or_given_up() -> None:
    assert wait(errors.RateLimitError("x", status=429, retry_after=9.0)) == 9.0
    assert wait(errors.RateLimitError("x", status=429, retry_after=0.0)) == 1.0
    assert wait(errors.RateLimitError("x", status=429, retry_after=21.0)) is None


@given(st.integers(1, 20), st.floats(0, 1, exclude_max=True), st.none() | st.floats(0, 100))
def test_law_waits_are_bounded(attempt: int, random: float, retry_after: float | None) -> None:
    error = errors.ServerError("x", status=503, retry_after=retry_after)
    delay = POLICY.delay(error, attempt=attempt, repeatable=True, random=lambda: random)
    if attempt > POLICY.max_retries or (retry_after or 0) > POLICY.max_retry_after:
        assert delay is None
    else:
        assert delay is not None
        assert (retry_after or 0) <= delay <= max(POLICY.max_delay, retry_after or 0)
