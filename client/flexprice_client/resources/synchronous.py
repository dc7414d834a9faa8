"""All blocking resources under their names."""

from collections.abc import Callable

from flexprice_client.resources.addons import Addons
from flexprice_client.resources.checkout import Checkout
from flexprice_client.resources.connections import Connections, Integrations
from flexprice_client.resources.costs import Costs
from flexprice_client.resources.coupons import Coupons
from flexprice_client.resources.credit_grants import CreditGrants
from flexprice_client.resources.credit_notes import CreditNotes
from flexprice_client.resources.customers import Customers
from flexprice_client.resources.entitlements import Entitlements
from flexprice_client.resources.environments import Environments
from flexprice_client.resources.events import Events
from flexprice_client.resources.features import Features
from flexprice_client.resources.groups import Groups
from flexprice_client.resources.invoices import Invoices
from flexprice_client.resources.meter_usage import MeterUsage
from flexprice_client.resources.meters import Meters
from flexprice_client.resources.payments import Payments
from flexprice_client.resources.plans import Plans
from flexprice_client.resources.price_units import PriceUnits
from flexprice_client.resources.prices import Prices
from flexprice_client.resources.secrets import Secrets
from flexprice_client.resources.settings import Settings
from flexprice_client.resources.subscriptions import Subscriptions
from flexprice_client.resources.taxes import TaxAssociations, TaxRates
from flexprice_client.resources.wallets import Wallets
from flexprice_client.transport.request import Answer, Request


class Resources:
    """The resources of one client."""

    def __init__(self, send: Callable[[Request], Answer]) -> None:
        self.addons = Addons(send)
        self.costs = Costs(send)
        self.coupons = Coupons(send)
        self.credit_grants = CreditGrants(send)
        self.credit_notes = CreditNotes(send)
        self.customers = Customers(send)
        self.entitlements = Entitlements(send)
        self.environments = Environments(send)
        self.events = Events(send)
        self.features = Features(send)
        self.groups = Groups(send)
        self.invoices = Invoices(send)
        self.meter_usage = MeterUsage(send)
        self.meters = Meters(send)
        self.payments = Payments(send)
        self.checkout = Checkout(send)
        self.connections = Connections(send)
        self.integrations = Integrations(send)
        self.plans = Plans(send)
        self.price_units = PriceUnits(send)
        self.prices = Prices(send)
        self.secrets = Secrets(send)
        self.settings = Settings(send)
        self.subscriptions = Subscriptions(send)
        self.tax_associations = TaxAssociations(send)
        self.tax_rates = TaxRates(send)
        self.wallets = Wallets(send)
