"""What other domains ask of taxes."""

from collections.abc import Sequence

from flexprice_emulator.rating.tax import TaxRate
from flexprice_emulator.taxes import rates
from flexprice_emulator.taxes.associations import associations_of, copy_to, link_overrides
from flexprice_emulator.taxes.tables import TaxAssociationRow
from flexprice_emulator.workspace.context import Context

__all__ = ["associations_of", "copy_to", "inherit_from_customer", "link_overrides", "rates_of", "rates_to_apply"]


def inherit_from_customer(ctx: Context, customer_id: str, subscription_id: str) -> list[TaxAssociationRow]:
    """Copy the customer's published auto_apply links to a new subscription, newest first as observed (invoices.md §8)."""
    newest_first = associations_of(ctx, "customer", customer_id, auto_apply=True)[::-1]
    return copy_to(ctx, newest_first, "subscription", subscription_id)


def rates_to_apply(ctx: Context, entity_type: str, entity_id: str) -> tuple[TaxRate, ...]:
    """Each auto_apply rate of an entity once, in the order of linking, as the rating core takes it. Their status is not looked at."""
    linked = [row.tax_rate_id for row in associations_of(ctx, entity_type, entity_id, auto_apply=True)]
    return rates_of(ctx, list(dict.fromkeys(linked)))


def rates_of(ctx: Context, rate_ids: Sequence[str]) -> tuple[TaxRate, ...]:
    """Rates by id, in the order given. Raises NotFoundError for an unknown one."""
    held = rates.by_ids(ctx, rate_ids)
    return tuple(rates.for_rating(held.get(rate_id) or rates.get_row(ctx, rate_id)) for rate_id in rate_ids)
