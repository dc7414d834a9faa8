from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexprice_client import errors
from flexprice_client.errors import APIError, error_from_response


def make(status: int, content: bytes, **headers: str) -> APIError:
    return error_from_response(
        status=status,
        content=content,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        method="GET",
        path="/customers/cust_x",
        secrets=("the-secret-key",),
        now=datetime(2026, 1, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("status", "content", "cls", "code", "message"),
    [
        (400, b'{"code":"validation_error","message":"bad","http_status_code":400}', errors.ValidationError, "validation_error", "bad"),
        (400, b'{"code":"invalid_operation","message":"paid","http_status_code":400}', errors.InvalidOperationError,
         "invalid_operation", "paid"),
        (400, b'{"error":"schedule is not pending"}', errors.BadRequestError, None, "schedule is not pending"),
        (401, b'{"error":"Unauthorized"}', errors.AuthenticationError, None, "Unauthorized"),
        (403, b'{"error":"Access denied","message":"Invalid or inaccessible environment"}', errors.PermissionDeniedError, None,
         "Access denied: Invalid or inaccessible environment"),
        (403, b'{"message":"insufficient permissions"}', errors.PermissionDeniedError, None, "insufficient permissions"),
        (404, b"404 page not found", errors.NotFoundError, None, "404 page not found"),
        (404, b'{"code":"not_found","message":"gone","http_status_code":404}', errors.NotFoundError, "not_found", "gone"),
        (409, b'{"code":"already_exists","message":"twice","http_status_code":409}', errors.AlreadyExistsError, "already_exists", "twice"),
        (409, b'{"code":"version_conflict","message":"late","http_status_code":409}', errors.VersionConflictError,
         "version_conflict", "late"),
        (409, b"", errors.ConflictError, None, "HTTP 409"),
        (429, b'{"code":"too_many_requests","message":"slow","http_status_code":429}', errors.RateLimitError, "too_many_requests", "slow"),
        (500, b"", errors.ServerError, None, "HTTP 500"),
        (500, b'{"error":"tax_rate not found"}', errors.ServerError, None, "tax_rate not found"),
        (501, b'{"code":"not_implemented","message":"no","http_status_code":501}', errors.ServerError, "not_implemented", "no"),
        (503, b"<html>busy</html>", errors.ServerError, None, "<html>busy</html>"),
        (301, b"", errors.APIError, None, "HTTP 301"),
        (418, b"[1]", errors.APIError, None, "[1]"),
    ],
)  # fmt: skip
def test_every_form_of_body(status: int, content: bytes, cls: type[APIError], code: str | None, message: str) -> None:
    error = make(status, content)
    assert (type(error), error.status, error.code, error.message) == (cls, status, code, message)


def test_a_code_of_another_status_does_not_choose_the_class() -> None:
    error = make(404, b'{"code":"validation_error","message":"random status"}')
    assert type(error) is errors.NotFoundError
    assert error.code == "validation_error"


def test_details_and_request_id_are_kept_and_told() -> None:
    error = make(400, b'{"code":"validation_error","message":"m","details":{"limit":"must be between 1 and 1000"}}', x_request_id="01H")
    assert error.details == {"limit": "must be between 1 and 1000"}
    assert error.request_id == "01H"
    told = str(error)
    assert told == 'GET /customers/cust_x: 400 validation_error: m {"limit": "must be between 1 and 1000"} [request 01H]'


def test_secrets_are_masked_everywhere() -> None:
    error = make(401, b'{"code":"x","message":"bad key the-secret-key","details":{"the-secret-key":["sk_live_abcdef"]}}')
    assert "the-secret-key" not in f"{error} {error!r} {error.details} {error.message}"
    assert "abcdef" not in f"{error} {error.details}"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": "0.5"}, 0.5),
        ({"retry_after": "Thu, 01 Jan 2026 00:00:09 GMT"}, 9.0),
        ({"retry_after": "Thu, 01 Jan 2026 00:00:09 GMT", "date": "Thu, 01 Jan 2026 00:00:04 GMT"}, 5.0),
        ({"retry_after": "Wed, 31 Dec 2025 00:00:00 GMT"}, 0.0),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "-3"}, None),
        ({"retry_after": "nan"}, None),
    ],
)
def test_retry_after_in_seconds_and_as_a_date(headers: dict[str, str], seconds: float | None) -> None:
    assert make(429, b"", **headers).retry_after == seconds


@given(st.integers(300, 599), st.binary(max_size=200), st.text(alphabet=st.characters(codec="ascii"), max_size=30))
def test_law_any_body_becomes_an_error_of_its_status(status: int, content: bytes, retry_after: str) -> None:
    error = make(status, content, retry_after=retry_after)
    assert error.status == status
    assert error.message or not content.strip()
    assert str(error)
    assert error.retry_after is None or error.retry_after >= 0


def test_the_tree_is_the_one_drawn() -> None:
    drawn = {word for line in (errors.__doc__ or "").splitlines() for word in line.split() if word.endswith("Error")}
    made = {name for name, item in vars(errors).items() if isinstance(item, type) and issubclass(item, errors.FlexpriceError)}
    assert drawn == made
