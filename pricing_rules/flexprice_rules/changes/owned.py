"""What hangs on plans and add-ons: prices, entitlements, credit grants."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flexprice_rules.changes.bodies import (
    PRICE_FIXED,
    PRICE_MONEY,
    PRICE_WORDS,
    entitlement_body,
    fields,
    price_body,
    price_terms,
    time_text,
)
from flexprice_rules.changes.change import Call, Change, Ref
from flexprice_rules.changes.compare import differing, same
from flexprice_rules.changes.planner import Planner, Wanted, blocked, changed, create
from flexprice_rules.changes.reading import Found
from flexprice_rules.model import CreditGrant, Entitlement, Price, Sellable

_ENTITLEMENT_MUTABLE = (
    "is_enabled",
    "usage_limit",
    "usage_reset_period",
    "is_soft_limit",
    "static_value",
    "config_value",
    "grant_measure",
    "grant_quota",
    "grant_duration_value",
    "grant_duration_unit",
    "grant_allocation_behavior",
    "aggregation_mode",
)


def plan_owned(planner: Planner, kind: str, owners: Sequence[Sellable]) -> Iterator[Change]:
    """All prices, then all entitlements, then all grants of the plans (or add-ons)."""
    for owner in owners:
        yield from _prices(planner, kind, owner)
    for owner in owners:
        yield from _entitlements(planner, kind, owner)
    for owner in owners:
        yield from _grants(planner, kind, owner)


def _owner(kind: str, key: str) -> dict[str, Any]:
    return {"entity_type": kind.upper(), "entity_id": Ref(kind, key)}


def _prices(planner: Planner, kind: str, owner: Sellable) -> Iterator[Change]:
    owner_id = planner.id_of(kind, owner.lookup_key)
    query: dict[str, Any] = {"entity_type": kind.upper(), "entity_ids": [owner_id]}
    found = planner.reader.search("/prices", query) if owner_id is not None else []
    # Prices that have ended are hidden; only a price that the rules end themselves is looked for among them.
    with_ended = found
    if owner_id is not None and any(price.end_date is not None for price in owner.prices):
        with_ended = planner.reader.search("/prices", {**query, "allow_expired_prices": True})
    for price in owner.prices:
        body = {**price_body(price), **_owner(kind, owner.lookup_key)}
        wanted = Wanted("price", price.lookup_key, price, "/prices", body, PRICE_WORDS)
        candidates = with_ended if price.end_date is not None else found
        existing = _same_price(price, [item for item in candidates if item.get("lookup_key") == price.lookup_key])
        if existing is None:
            yield create(wanted)
        else:
            planner.seen(wanted, existing)
            yield from _existing_price(planner, wanted, price, existing)
    keys = {price.lookup_key for price in owner.prices}
    for item in found:
        if item.get("lookup_key") not in keys and item.get("end_date") is None:
            yield _extra("price", item, owner, f"{kind} {owner.lookup_key} also bills it")


def _same_price(price: Price, candidates: list[Found]) -> Found | None:
    """The version that is meant: the one with the wanted end, else the open one, else the one that ends last."""
    if price.end_date is not None:
        end = time_text(price.end_date)
        for candidate in candidates:
            if candidate.get("end_date") is not None and same(end, candidate["end_date"]):
                return candidate
    for candidate in candidates:
        if candidate.get("end_date") is None:
            return candidate
    return max(candidates, key=lambda item: str(item["end_date"]), default=None)


def _existing_price(planner: Planner, wanted: Wanted, price: Price, existing: Found) -> Iterator[Change]:
    terms = planner.resolved(price_terms(price))
    found_id = str(existing["id"])
    fixed = differing(terms, existing, PRICE_FIXED)
    # A successor starts when the change took effect, so only a first version is held to its start_date.
    if price.start_date is not None and not existing.get("parent_price_id") and not same(terms["start_date"], existing.get("start_date")):
        fixed = (*fixed, "start_date")
    if fixed:
        names = tuple("feature_lookup_key" if name == "meter_id" else name for name in fixed)
        reason = f"the API cannot change {', '.join(names)} of a price; give the new price its own lookup_key, and the old one an end_date"
        yield blocked(wanted, names, reason)
    money = _money_changed(terms, existing)
    words = {name: wanted.body[name] for name in differing(terms, existing, PRICE_WORDS)}
    if price.end_date is None and existing.get("end_date") is not None:
        reason = f"the price ends at {existing['end_date']}, which the API cannot take back; until then say so, or use a new lookup_key"
        yield blocked(wanted, (), reason)
        return
    end = time_text(price.end_date) if price.end_date is not None else None
    if end is not None and not same(end, existing.get("end_date")):
        if existing.get("end_date") is not None or money:
            reason = "the price has another end_date already" if not money else "change the terms and the end_date one after the other"
            yield blocked(wanted, ("end_date",), reason)
            return
        call = Call("DELETE", "/prices/{id}", {"end_date": end})
        yield Change("end", "price", wanted.key, price.place, (call,), ("end_date",), ref=wanted.ref, id=found_id)
    if not money:
        yield from changed(wanted, found_id, words)
        return
    body: dict[str, Any] = {name: terms[name] for name in PRICE_MONEY if terms.get(name) is not None} | words
    if planner.effective_from is not None:
        body["effective_from"] = time_text(planner.effective_from)
    call = Call("PUT", "/prices/{id}", body)
    values = {name: (_text(existing.get(name)), _text(terms[name])) for name in money if not isinstance(terms[name], list | dict)}
    yield Change("version", "price", wanted.key, price.place, (call,), (*money, *words), values, ref=wanted.ref, id=found_id)


def _text(value: Any) -> str:
    return "none" if value in (None, "") else str(value)


def _money_changed(terms: Mapping[str, Any], existing: Found) -> tuple[str, ...]:
    names = [name for name in PRICE_MONEY if name in terms]
    return tuple(name for name in names if not same(terms[name], existing.get(name), name=name))


def _entitlements(planner: Planner, kind: str, owner: Sellable) -> Iterator[Change]:
    owner_id = planner.id_of(kind, owner.lookup_key)
    listed = planner.reader.get(f"/{kind}s/{owner_id}/entitlements") if owner_id is not None else {}
    found = {str(item.get("feature_id")): item for item in listed.get("items") or []}
    features = {feature.lookup_key: feature for feature in planner.rules.features}
    kept: set[str] = set()
    for entitlement in owner.entitlements:
        feature = features[entitlement.feature_lookup_key]
        feature_id = planner.id_of("feature", feature.lookup_key)
        body = {**entitlement_body(entitlement, feature.type), **_owner(kind, owner.lookup_key)}
        disable = () if entitlement.is_enabled else (Call("PUT", "/entitlements/{id}", {"is_enabled": False}),)
        key = f"{owner.lookup_key}/{entitlement.feature_lookup_key}"
        wanted = Wanted("entitlement", key, entitlement, "/entitlements", body, _ENTITLEMENT_MUTABLE, after=disable)
        existing = found.get(feature_id or "")
        if existing is None:
            yield create(wanted)
        else:
            kept.add(str(feature_id))
            planner.seen(wanted, existing)
            yield from _existing_entitlement(wanted, entitlement, existing)
    for feature_id, item in found.items():
        if feature_id not in kept:
            yield _extra("entitlement", item, owner, f"{kind} {owner.lookup_key} also grants it")


def _existing_entitlement(wanted: Wanted, entitlement: Entitlement, existing: Found) -> Iterator[Change]:
    body = {**fields(entitlement, "feature_lookup_key"), "is_enabled": entitlement.is_enabled}
    # No limit means unlimited, which no number equals, not even 0.
    limit, held = body.pop("usage_limit", None), existing.get("usage_limit")
    different = {name: body[name] for name in differing(body, existing)}
    if limit is None and held is not None:
        yield blocked(wanted, ("usage_limit",), "the API cannot make a limited entitlement unlimited; archive it first")
    elif limit != held:
        different["usage_limit"] = limit
    yield from changed(wanted, str(existing["id"]), different)


def _grants(planner: Planner, kind: str, owner: Sellable) -> Iterator[Change]:
    owner_id = planner.id_of(kind, owner.lookup_key)
    listed = planner.reader.get(f"/{kind}s/{owner_id}/creditgrants") if owner_id is not None else {}
    found = {str(item.get("name")): item for item in listed.get("items") or []}
    for grant in owner.credit_grants:
        yield from planner.reconcile(_grant(kind, owner, grant), found.get(grant.name))
    names = {grant.name for grant in owner.credit_grants}
    for name, item in found.items():
        if name not in names:
            yield _extra("credit_grant", item, owner, f"{kind} {owner.lookup_key} also grants it")


def _grant(kind: str, owner: Sellable, grant: CreditGrant) -> Wanted:
    body = {**fields(grant), "scope": kind.upper(), f"{kind}_id": Ref(kind, owner.lookup_key)}
    reason = "the API changes only the metadata of a credit grant; archive it, or give the new one another name"
    return Wanted("credit_grant", f"{owner.lookup_key}/{grant.name}", grant, "/creditgrants", body, ("metadata",), fixed_reason=reason)


def _extra(kind: str, item: Found, owner: Sellable, reason: str) -> Change:
    key = str(item.get("lookup_key") or item.get("name") or item.get("id"))
    return Change("extra", kind, key, owner.place, reason=f"not in the rules; {reason}", id=str(item.get("id")))
