"""A price table: dimensions, and what each combination costs. `flexprice_rules.rate_card` expands it."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from flexprice_rules.model.base import Boolean, Integer, Item, Metadata, Number, String, Word
from flexprice_rules.model.catalog import Aggregation, PriceTerms, Tier


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, str | int) else value


_WORDS = {"type": ["string", "number", "boolean", "array"], "items": {"type": ["string", "number", "boolean"]}}
Words = Annotated[tuple[Word, ...], BeforeValidator(_one_or_many), WithJsonSchema(_WORDS)]


class RateCardCell(Item):
    """The rate of every combination that `at` names; a dimension left out of `at` means all its values."""

    at: dict[str, Words]
    """Dimension: a value, or a list of values. The measure's dimension is called `measure`."""
    amount: Number | None = None
    """For `per` units, in the currency, or in the price unit for a CUSTOM price."""
    tiers: tuple[Tier, ...] = ()
    skip: Boolean = False
    """The combination is not sold: no feature, no price."""


class RateCardHome(Item):
    """A plan or an add-on that gets the prices, its amounts multiplied exactly."""

    plan_lookup_key: Word | None = None
    addon_lookup_key: Word | None = None
    multiply_by: Number | None = None


class RateCard(Item):
    """Expands to one metered feature for each combination, and its price on each plan or add-on of `on`."""

    lookup_key: Word
    """First part of the generated keys: `<lookup_key>.<value>.<value>`, values in lower case in the order of the dimensions."""
    name: Word
    """First part of the generated names."""
    description: String | None = None
    event_name: Word
    aggregation: Aggregation | None = None
    """How a combination is measured; or give `measures`."""
    measures: dict[str, Aggregation] = Field(default_factory=dict)
    """Several figures of one event, each with its own rates, such as input and output tokens."""
    where: dict[str, Word] = Field(default_factory=dict)
    """Filters that hold for the whole card."""
    dimensions: dict[str, tuple[Word, ...]] = Field(default_factory=dict)
    """Event property: its values. Each becomes a filter of the meter."""
    aliases: dict[str, dict[str, Words]] = Field(default_factory=dict)
    """Dimension: value: further property texts that cost the same, such as a model's dated names."""
    missing: Literal["error", "skip"] = "error"
    """What a combination without a cell means."""
    per: Integer = 1
    """How many units an amount is for, such as 1000000 tokens."""
    price: PriceTerms
    """Terms of every price; amounts come from the cells."""
    on: tuple[RateCardHome, ...]
    cells: tuple[RateCardCell, ...]
    unit_singular: Word | None = None
    unit_plural: Word | None = None
    group_lookup_key: Word | None = None
    metadata: Metadata | None = None
