"""How calls reach the service: HTTP, or an ASGI app in this process; retried only where a second try cannot do harm."""

from flexprice_client.transport.asgi import ThreadedASGITransport
from flexprice_client.transport.asynchronous import AsyncTransport
from flexprice_client.transport.codec import decode_json, encode_json
from flexprice_client.transport.request import Answer, Request
from flexprice_client.transport.retry import RetryPolicy
from flexprice_client.transport.safety import is_repeatable
from flexprice_client.transport.synchronous import Transport

__all__ = [
    "Answer",
    "AsyncTransport",
    "Request",
    "RetryPolicy",
    "ThreadedASGITransport",
    "Transport",
    "decode_json",
    "encode_json",
    "is_repeatable",
]
