import inspect
import subprocess
import sys
from typing import Any

import pytest

import flexprice_client
from flexprice_client.resources import asynchronous, synchronous
from flexprice_client.resources.operation import AsyncResource, SyncResource, operation, paged

PUBLIC = {
    "APIError", "AlreadyExistsError", "AsyncFlexprice", "AuthenticationError", "BadRequestError", "Config", "ConfigError", "ConflictError",
    "ConnectError", "ConnectionLostError", "Flexprice", "FlexpriceError", "InvalidOperationError", "NotFoundError",
    "PermissionDeniedError", "ProviderResponseError", "RateLimitError", "RetryPolicy", "ServerError", "Skipped", "TimeoutError",
    "TransportError", "UnexpectedResponseError", "UsageEvent", "ValidationError", "VersionConflictError", "load_config",
}  # fmt: skip


def test_the_public_names_are_these_and_all_there() -> None:
    assert set(flexprice_client.__all__) == PUBLIC
    for name in PUBLIC:
        assert getattr(flexprice_client, name).__name__ == name
        assert name in dir(flexprice_client)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        flexprice_client.nope  # noqa: B018


def test_every_error_is_public() -> None:
    from flexprice_client import errors

    made = {name for name, item in vars(errors).items() if inspect.isclass(item) and issubclass(item, errors.FlexpriceError)}
    assert made <= PUBLIC


def test_the_models_alone_load_no_http_client() -> None:
    script = "import sys, flexprice_client.models.base; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def resources(holder: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(holder(lambda request: None)).items() if isinstance(value, SyncResource | AsyncResource)}


def test_both_clients_have_the_same_resources_and_operations() -> None:
    blocking, awaiting = resources(synchronous.Resources), resources(asynchronous.AsyncResources)
    assert set(blocking) == set(awaiting)
    for name, resource in blocking.items():
        operations = {member for member, _ in inspect.getmembers_static(type(resource), lambda item: isinstance(item, operation | paged))}
        assert operations
        for member in operations:
            one, other = getattr(resource, member), getattr(awaiting[name], member)
            assert inspect.signature(one) == inspect.signature(other)
            assert inspect.iscoroutinefunction(other) or inspect.isasyncgenfunction(other)
            assert not inspect.iscoroutinefunction(one)
