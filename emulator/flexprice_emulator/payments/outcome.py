"""How one try to collect a payment ended."""

from dataclasses import dataclass, field

from flexprice_emulator.wire.errors import ApiError


@dataclass(frozen=True, slots=True)
class Outcome:
    """`status` is the payment's next one. `error` is what the request is answered, `reason` what the payment keeps of it."""

    status: str
    error: ApiError | None = None
    reason: str = ""
    gateway_payment_id: str = ""
    gateway_tracking_id: str = ""
    payment_url: str = ""
    gateway_metadata: dict[str, str] = field(default_factory=dict)


SUCCEEDED = Outcome("SUCCEEDED")


def failed(error: ApiError, reason: str = "", *, status: str = "FAILED") -> Outcome:
    """A failure; it is noted with the error's hint, begun in lower case, unless `reason` says otherwise."""
    return Outcome(status, error, reason or error.message[:1].lower() + error.message[1:])
