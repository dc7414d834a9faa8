"""Rate cards into features and prices.

Every combination of the dimensions (and measures) must be named by exactly one cell, or the card is refused: a missing
combination would be given away for nothing. Keys depend only on the card's key and the values, so the same card
always expands to the same lookup_keys, whatever order its cells stand in.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any, Final

from flexprice_rules.exact import divide_exactly, multiply
from flexprice_rules.issues import Issue, Place, unknown
from flexprice_rules.model import Feature, Filter, Meter, Price, PriceUnitConfig, RateCard, RateCardCell, RateCardHome, Rules, Tier

MEASURE: Final = "measure"
MAX_COMBINATIONS: Final = 10_000
_MOST_MISSING: Final = 20

Combination = tuple[str, ...]


def expand(rules: Rules) -> tuple[Rules, list[Issue]]:
    """The rules with every rate card turned into features and prices, and what is wrong with the cards."""
    issues: list[Issue] = []
    features: list[Feature] = []
    prices: dict[tuple[str, str], list[Price]] = {}
    for card in rules.rate_card:
        expansion = _Expansion(card, rules, issues)
        for combination, cell in expansion.table().items():
            key = expansion.key(combination)
            features.append(expansion.feature(key, combination).placed(cell.place))
            for home in expansion.homes():
                prices.setdefault(home.owner, []).append(expansion.price(key, combination, cell, home).placed(cell.place))
    plans = tuple(_with_prices(plan, prices.get(("plan", plan.lookup_key))) for plan in rules.plans)
    addons = tuple(_with_prices(addon, prices.get(("addon", addon.lookup_key))) for addon in rules.addons)
    update = {"features": (*rules.features, *features), "plans": plans, "addons": addons, "rate_card": ()}
    return rules.model_copy(update=update), issues


def _with_prices(owner: Any, more: list[Price] | None) -> Any:
    return owner.model_copy(update={"prices": (*owner.prices, *more)}) if more else owner


@dataclass(frozen=True)
class _Home:
    owner: tuple[str, str]
    factor: Decimal


class _Expansion:
    """One card."""

    def __init__(self, card: RateCard, rules: Rules, issues: list[Issue]) -> None:
        self.card = card
        self.issues = issues
        self.owners = {"plan": [plan.lookup_key for plan in rules.plans], "addon": [addon.lookup_key for addon in rules.addons]}
        self.dimensions: dict[str, tuple[str, ...]] = dict(card.dimensions)
        if card.measures:
            self.dimensions[MEASURE] = tuple(card.measures)
        self._homes: list[_Home] | None = None

    def table(self) -> dict[Combination, RateCardCell]:
        """The cell of each combination that is sold; empty when the card cannot be read."""
        before = len(self.issues)
        self._check_card()
        if len(self.issues) > before:
            return {}
        cells: dict[Combination, RateCardCell] = {}
        for cell in self.card.cells:
            self._check_cell(cell)
            for combination in self._named(cell):
                if combination in cells:
                    first = cells[combination].place
                    self._add(cell.place, f"a second rate for {self._spelled(combination)}; the first is at {first.line}:{first.column}")
                else:
                    cells[combination] = cell
        every = product(*self.dimensions.values())
        missing = [] if self.card.missing == "skip" else [combination for combination in every if combination not in cells]
        for combination in missing[:_MOST_MISSING]:
            self._add(
                self.card.place_of("cells"), f"no rate for {self._spelled(combination)}; give one, a cell with skip: true, or missing: skip"
            )
        if len(missing) > _MOST_MISSING:
            self._add(self.card.place_of("cells"), f"no rate for {len(missing) - _MOST_MISSING} more combinations")
        sold = {combination: cells[combination] for combination in product(*self.dimensions.values()) if combination in cells}
        sold = {combination: cell for combination, cell in sold.items() if not cell.skip}
        self._check_keys(sold)
        self.homes()
        return sold if len(self.issues) == before else {}

    def homes(self) -> list[_Home]:
        if self._homes is None:
            self._homes = [home for item in self.card.on for home in self._home(item)]
        return self._homes

    def key(self, combination: Combination) -> str:
        return ".".join([self.card.lookup_key, *map(_slug, combination)])

    def feature(self, key: str, combination: Combination) -> Feature:
        card = self.card
        values = dict(zip(self.dimensions, combination, strict=True))
        measure = values.pop(MEASURE, None) if card.measures else None
        aggregation = card.measures[measure] if measure is not None else card.aggregation
        if aggregation is None:
            raise ValueError("a card without aggregation does not expand")
        fixed = [Filter(key=name, values=(value,)) for name, value in card.where.items()]
        varying = [Filter(key=name, values=(value, *card.aliases.get(name, {}).get(value, ()))) for name, value in values.items()]
        name = self._name(combination)
        return Feature(
            lookup_key=key,
            name=name,
            type="metered",
            description=card.description,
            meter=Meter(name=name, event_name=card.event_name, aggregation=aggregation, filters=(*fixed, *varying)),
            unit_singular=card.unit_singular,
            unit_plural=card.unit_plural,
            group_lookup_key=card.group_lookup_key,
            metadata=card.metadata,
        )

    def price(self, key: str, combination: Combination, cell: RateCardCell, home: _Home) -> Price:
        terms: dict[str, Any] = {name: getattr(self.card.price, name) for name in self.card.price.model_fields_set}
        terms.setdefault("display_name", self._name(combination))
        tiers = tuple(self._tier(tier, cell, home) for tier in cell.tiers)
        amount = None if cell.amount is None else self._rate(cell.amount, cell, home)
        config = self.card.price.price_unit_config
        if config is not None:
            terms["price_unit_config"] = PriceUnitConfig(price_unit=config.price_unit, amount=amount, price_unit_tiers=tiers)
        else:
            terms |= {"amount": amount, "tiers": tiers}
        return Price(lookup_key=f"{home.owner[1]}.{key}", type="USAGE", feature_lookup_key=key, **terms)

    def _tier(self, tier: Tier, cell: RateCardCell, home: _Home) -> Tier:
        flat = None if tier.flat_amount is None else multiply(tier.flat_amount, home.factor)
        rated = Tier(up_to=tier.up_to, unit_amount=self._rate(tier.unit_amount, cell, home), flat_amount=flat)
        return rated.placed(tier.place)

    def _rate(self, amount: Decimal, cell: RateCardCell, home: _Home) -> Decimal:
        rate = divide_exactly(multiply(amount, home.factor), self.card.per)
        if rate is None:
            self._add(cell.place, f"cannot be divided exactly by per: {self.card.per}", str(multiply(amount, home.factor)))
            return amount
        return rate

    def _home(self, item: RateCardHome) -> Iterator[_Home]:
        if (item.plan_lookup_key is None) == (item.addon_lookup_key is None):
            self._add(item.place, "give either plan_lookup_key or addon_lookup_key")
            return
        kind, key = ("plan", item.plan_lookup_key) if item.plan_lookup_key is not None else ("addon", item.addon_lookup_key or "")
        if key not in self.owners[kind]:
            self.issues.append(unknown(item.place_of(f"{kind}_lookup_key"), f"no such {kind}", str(key), self.owners[kind]))
            return
        factor = Decimal(1) if item.multiply_by is None else item.multiply_by
        if factor < 0:
            self._add(item.place_of("multiply_by"), "cannot be negative", str(factor))
            return
        yield _Home((kind, str(key)), factor)

    def _check_card(self) -> None:
        card = self.card
        if (card.aggregation is None) == (not card.measures):
            self._add(card.place, "give either aggregation or measures")
        if card.measures and MEASURE in card.dimensions:
            self._add(card.place_of("dimensions"), "with measures, no dimension may be called measure")
        if card.per < 1:
            self._add(card.place_of("per"), "must be 1 or more", str(card.per))
        config = card.price.price_unit_config
        given = card.price.given("amount", "tiers") or (config is not None and config.given("amount", "price_unit_tiers"))
        if given:
            self._add(card.price.place, "amounts of a rate card stand in its cells")
        for name, values in card.dimensions.items():
            if name in card.where:
                self._add(card.place_of("where"), "fixed by where and a dimension at once", name)
            repeated = {value for value in values if values.count(value) > 1}
            if not values or repeated:
                self._add(card.place_of("dimensions"), f"{name} needs values, each once", ", ".join(sorted(repeated)) or None)
        self._check_aliases()
        count = 1
        for values in self.dimensions.values():
            count *= len(values)
        if count > MAX_COMBINATIONS:
            self._add(card.place_of("dimensions"), f"more than {MAX_COMBINATIONS} combinations", str(count))

    def _check_aliases(self) -> None:
        for name, aliases in self.card.aliases.items():
            values = self.card.dimensions.get(name)
            if values is None:
                self.issues.append(unknown(self.card.place_of("aliases"), "no such dimension", name, self.card.dimensions))
                continue
            texts = [*values, *(alias for listed in aliases.values() for alias in listed)]
            for value, listed in aliases.items():
                if value not in values:
                    self.issues.append(unknown(self.card.place_of("aliases"), f"no such {name}", value, values))
                for alias in listed:
                    if texts.count(alias) > 1:
                        self._add(self.card.place_of("aliases"), f"{name} would be billed twice", alias)

    def _check_cell(self, cell: RateCardCell) -> None:
        if (cell.amount is not None) + bool(cell.tiers) + cell.skip != 1:
            self._add(cell.place, "a cell has exactly one of amount, tiers and skip: true")
        for name, values in cell.at.items():
            if name not in self.dimensions:
                self.issues.append(unknown(cell.place_of("at"), "no such dimension", name, self.dimensions))
                continue
            for value in values:
                if value not in self.dimensions[name]:
                    self.issues.append(unknown(cell.place_of("at"), f"no such {name}", value, self.dimensions[name]))

    def _check_keys(self, sold: dict[Combination, RateCardCell]) -> None:
        seen: dict[str, Combination] = {}
        for combination, cell in sold.items():
            key = self.key(combination)
            if key in seen:
                other = self._spelled(seen[key])
                self._add(cell.place, f"{self._spelled(combination)} and {other} give the same lookup_key", key)
            seen.setdefault(key, combination)

    def _named(self, cell: RateCardCell) -> Iterator[Combination]:
        at = dict(cell.at.items())
        return product(*(at.get(name, values) for name, values in self.dimensions.items()))

    def _name(self, combination: Combination) -> str:
        return f"{self.card.name}: {', '.join(combination)}" if combination else self.card.name

    def _spelled(self, combination: Combination) -> str:
        return ", ".join(f"{name}={value}" for name, value in zip(self.dimensions, combination, strict=True)) or "the whole card"

    def _add(self, place: Place, message: str, found: str | None = None) -> None:
        self.issues.append(Issue(place, message, found))


def _slug(value: str) -> str:
    return re.sub(r"[^a-z0-9_.-]+", "_", value.lower()).strip("_") or "_"


__all__ = ["MAX_COMBINATIONS", "MEASURE", "expand"]
