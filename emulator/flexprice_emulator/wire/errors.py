"""The error classes and their bodies (wire.md §2-3).

ApiError                    flat body {code, message, http_status_code, details?}
├── ValidationError         400 validation_error
├── InvalidOperationError   400 invalid_operation
├── PermissionDeniedError   403 permission_denied
├── NotFoundError           404 not_found
├── AlreadyExistsError      409 already_exists
├── VersionConflictError    409 version_conflict
├── DatabaseError           500 database_error (where the reference answers it for bad input)
└── …                       the other rows of the table
BareError                   a body of its own shape (auth answers, `{"error": ...}` handlers)
"""

from collections.abc import Mapping
from typing import Any, ClassVar

UNEXPECTED = "An unexpected error occurred"


class EmulatorError(Exception):
    """An answer other than success."""

    def __init__(self, status: int, body: Mapping[str, Any] | None) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body


class BareError(EmulatorError):
    """An error whose body is not the flat object."""


class ApiError(EmulatorError):
    """`message` is the hint the user reads; `details` is left out when empty."""

    status_code: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"

    def __init__(self, message: str = UNEXPECTED, details: Mapping[str, Any] | None = None) -> None:
        body: dict[str, Any] = {"code": self.code, "message": message, "http_status_code": self.status_code}
        if details:
            body["details"] = dict(details)
        super().__init__(self.status_code, body)
        self.message = message
        self.details = dict(details or {})


class ValidationError(ApiError):
    status_code = 400
    code = "validation_error"


class InvalidOperationError(ApiError):
    status_code = 400
    code = "invalid_operation"


class PermissionDeniedError(ApiError):
    status_code = 403
    code = "permission_denied"


class NotFoundError(ApiError):
    status_code = 404
    code = "not_found"


class AlreadyExistsError(ApiError):
    status_code = 409
    code = "already_exists"


class VersionConflictError(ApiError):
    status_code = 409
    code = "version_conflict"


class DatabaseError(ApiError):
    status_code = 500
    code = "database_error"


class HttpClientError(ApiError):
    status_code = 500
    code = "http_client_error"


class InternalError(ApiError):
    status_code = 500
    code = "internal_error"


class SystemFailure(ApiError):
    status_code = 500
    code = "system_error"


class ServiceUnavailableError(ApiError):
    status_code = 503
    code = "service_unavailable"
