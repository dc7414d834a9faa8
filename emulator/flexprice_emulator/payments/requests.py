"""What a payment request must hold before anything is looked up (invoices.md §9.1)."""

from decimal import Decimal

from flexprice_client.models.payments import CreatePaymentRequest
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.wire.errors import ValidationError

METHODS = ("CARD", "ACH", "OFFLINE", "CREDITS", "PAYMENT_LINK", "UPI")
GATEWAYS = ("stripe", "razorpay", "nomod", "moyasar", "paddle", "whop")
DESTINATIONS = ("INVOICE", "CUSTOMER")
# These are settled here; all others go through a provider and track their tries.
OWN_METHODS = ("OFFLINE", "CREDITS")
TOO_MUCH = Decimal(10**12)


def checked_amount(request: CreatePaymentRequest) -> Decimal:
    """The amount of a sound request. Raises ValidationError."""
    amount = request.amount
    if amount is None or amount <= ZERO:
        raise ValidationError("Amount must be greater than 0")
    if amount >= TOO_MUCH:
        # It does not fit the column; the reference answers 500.
        raise ValidationError(f"Amount must be less than {TOO_MUCH}", {"amount": amount})
    if request.destination_type not in DESTINATIONS:
        raise ValidationError("Only invoice and auth destination types are supported", {"allowed": list(DESTINATIONS)})
    _check_method(request)
    return amount


def _check_method(request: CreatePaymentRequest) -> None:
    method, method_id = request.payment_method_type, request.payment_method_id
    if method == "OFFLINE" and method_id:
        details = {"payment_method_id": method_id, "payment_method_type": method}
        raise ValidationError("Do not provide payment method ID for offline or credits payment methods", details)
    if method == "PAYMENT_LINK":
        if not request.payment_gateway:
            raise ValidationError("Payment gateway must be specified for payment link method type", {"payment_method_type": method})
    elif method not in OWN_METHODS and not method_id:
        raise ValidationError("Payment method ID is required for online payment methods", {"payment_method_type": method})
    if method not in METHODS:
        raise ValidationError("Please provide a valid payment method type", {"allowed": list(METHODS)})
    if request.payment_gateway and request.payment_gateway not in GATEWAYS:
        raise ValidationError("Please provide a valid payment gateway", {"allowed": list(GATEWAYS)})
