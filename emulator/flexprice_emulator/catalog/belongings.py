"""What belongs to plans and add-ons, as their responses embed it: prices, entitlements, credit grants."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from flexprice_client.models.credit_grants import CreditGrantResponse
from flexprice_client.models.entitlements import EntitlementResponse
from flexprice_client.models.prices import PriceResponse
from flexprice_emulator.catalog.prices import present_prices, prices_of
from flexprice_emulator.entitlements import service as entitlements
from flexprice_emulator.grants.reads import of_owners as grants_of
from flexprice_emulator.workspace.context import Context

# Everything, with what it shows when the owner is read alone.
EVERYTHING = frozenset({"prices", "meters", "priceunit", "groups", "entitlements", "features", "credit_grants"})


@dataclass(frozen=True)
class Belongings:
    """Of one owner, newest first."""

    prices: list[PriceResponse] = field(default_factory=list)
    entitlements: list[EntitlementResponse] = field(default_factory=list)
    credit_grants: list[CreditGrantResponse] = field(default_factory=list)


def belongings(
    ctx: Context, entity_type: str, owner_ids: Sequence[str], expand: Iterable[str], *, ended: bool = True
) -> dict[str, Belongings]:
    """By owner. `expand` of prices, meters, priceunit, groups, entitlements, features, credit_grants; `ended` prices count too."""
    wanted = frozenset(expand)
    found: dict[str, Belongings] = {identity: Belongings() for identity in owner_ids}
    if not owner_ids:
        return found
    if "prices" in wanted:
        rows = prices_of(ctx, entity_type, owner_ids, active_at=None if ended else ctx.now)
        for price in present_prices(ctx, rows, _inside(wanted, "prices")):
            found[price.entity_id].prices.append(price)
    if "entitlements" in wanted:
        for entitlement in entitlements.of_entities(ctx, entity_type, owner_ids, _inside(wanted, "entitlements")):
            found[entitlement.entity_id].entitlements.append(entitlement)
    if wanted & {"credit_grants", "credit_grant"}:
        for owner_id, grants in grants_of(ctx, entity_type, owner_ids).items():
            found[owner_id].credit_grants.extend(grants)
    return found


def _inside(wanted: frozenset[str], name: str) -> frozenset[str]:
    """What is expanded in a member: names asked for at the top, and those nested by a dot (`prices.meters`)."""
    return wanted | {nested.removeprefix(f"{name}.") for nested in wanted}
