"""All dialects by `provider_type`."""

from collections.abc import Mapping
from typing import Final

from flexprice_emulator.payments.gateways.dialect import Dialect
from flexprice_emulator.payments.gateways.razorpay import Razorpay
from flexprice_emulator.payments.gateways.silent import SILENT
from flexprice_emulator.payments.gateways.simple import SIMPLE
from flexprice_emulator.payments.gateways.stripe import Stripe

# Those that take payments.
GATEWAYS: Final[Mapping[str, Dialect]] = {"stripe": Stripe(), "razorpay": Razorpay(), **SIMPLE}
DIALECTS: Final[Mapping[str, Dialect]] = {**GATEWAYS, **SILENT}
