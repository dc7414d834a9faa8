"""A typed client of the Flexprice usage-billing API, for the cloud and for its local emulator alike.

    from flexprice_client import Flexprice

    with Flexprice() as flexprice:
        flexprice.customers.create({"external_id": "acme", "name": "Acme"})

Which of the two worlds it talks to is configuration (`flexprice_client.config`); `AsyncFlexprice` is the same to await.
"""

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from flexprice_client.client import AsyncFlexprice, Flexprice
    from flexprice_client.config import Config, load_config
    from flexprice_client.errors import (
        AlreadyExistsError,
        APIError,
        AuthenticationError,
        BadRequestError,
        ConfigError,
        ConflictError,
        ConnectError,
        ConnectionLostError,
        FlexpriceError,
        InvalidOperationError,
        NotFoundError,
        PermissionDeniedError,
        ProviderResponseError,
        RateLimitError,
        ServerError,
        TimeoutError,  # noqa: A004 - the field's own word
        TransportError,
        UnexpectedResponseError,
        ValidationError,
        VersionConflictError,
    )
    from flexprice_client.transport import RetryPolicy
    from flexprice_client.workflow.usage_event import Skipped, UsageEvent

__all__ = [
    "APIError",
    "AlreadyExistsError",
    "AsyncFlexprice",
    "AuthenticationError",
    "BadRequestError",
    "Config",
    "ConfigError",
    "ConflictError",
    "ConnectError",
    "ConnectionLostError",
    "Flexprice",
    "FlexpriceError",
    "InvalidOperationError",
    "NotFoundError",
    "PermissionDeniedError",
    "ProviderResponseError",
    "RateLimitError",
    "RetryPolicy",
    "ServerError",
    "Skipped",
    "TimeoutError",
    "TransportError",
    "UnexpectedResponseError",
    "UsageEvent",
    "ValidationError",
    "VersionConflictError",
    "load_config",
]

_MODULES: Final = ("errors", "config", "workflow.usage_event", "transport", "client")


def __getattr__(name: str) -> Any:
    # Loaded when first used: a server that only shares the models pays for no HTTP client.
    if name in __all__:
        for part in _MODULES:
            module = importlib.import_module(f"{__name__}.{part}")
            if hasattr(module, name):
                globals()[name] = getattr(module, name)
                return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
