"""All awaiting resources under their names."""

from collections.abc import Awaitable, Callable

from flexprice_client.resources.addons import AsyncAddons
from flexprice_client.resources.checkout import AsyncCheckout
from flexprice_client.resources.connections import AsyncConnections, AsyncIntegrations
from flexprice_client.resources.costs import AsyncCosts
from flexprice_client.resources.coupons import AsyncCoupons
from flexprice_client.resources.credit_grants import AsyncCreditGrants
from flexprice_client.resources.credit_notes import AsyncCreditNotes
from flexprice_client.resources.customers import AsyncCustomers
from flexprice_client.resources.entitlements import AsyncEntitlements
from flexprice_client.resources.environments import AsyncEnvironments
from flexprice_client.resources.events import AsyncEvents
from flexprice_client.resources.features import AsyncFeatures
from flexprice_client.resources.groups import AsyncGroups
from flexprice_client.resources.invoices import AsyncInvoices
from flexprice_client.resources.meter_usage import AsyncMeterUsage
from flexprice_client.resources.meters import AsyncMeters
from flexprice_client.resources.payments import AsyncPayments
from flexprice_client.resources.plans import AsyncPlans
from flexprice_client.resources.price_units import AsyncPriceUnits
from flexprice_client.resources.prices import AsyncPrices
from flexprice_client.resources.secrets import AsyncSecrets
from flexprice_client.resources.settings import AsyncSettings
from flexprice_client.resources.subscriptions import AsyncSubscriptions
from flexprice_client.resources.taxes import AsyncTaxAssociations, AsyncTaxRates
from flexprice_client.resources.wallets import AsyncWallets
from flexprice_client.transport.request import Answer, Request


class AsyncResources:
    """The resources of one client."""

    def __init__(self, send: Callable[[Request], Awaitable[Answer]]) -> None:
        self.addons = AsyncAddons(send)
        self.costs = AsyncCosts(send)
        self.coupons = AsyncCoupons(send)
        self.credit_grants = AsyncCreditGrants(send)
        self.credit_notes = AsyncCreditNotes(send)
        self.customers = AsyncCustomers(send)
        self.entitlements = AsyncEntitlements(send)
        self.environments = AsyncEnvironments(send)
        self.events = AsyncEvents(send)
        self.features = AsyncFeatures(send)
        self.groups = AsyncGroups(send)
        self.invoices = AsyncInvoices(send)
        self.meter_usage = AsyncMeterUsage(send)
        self.meters = AsyncMeters(send)
        self.payments = AsyncPayments(send)
        self.checkout = AsyncCheckout(send)
        self.connections = AsyncConnections(send)
        self.integrations = AsyncIntegrations(send)
        self.plans = AsyncPlans(send)
        self.price_units = AsyncPriceUnits(send)
        self.prices = AsyncPrices(send)
        self.secrets = AsyncSecrets(send)
        self.settings = AsyncSettings(send)
        self.subscriptions = AsyncSubscriptions(send)
        self.tax_associations = AsyncTaxAssociations(send)
        self.tax_rates = AsyncTaxRates(send)
        self.wallets = AsyncWallets(send)
