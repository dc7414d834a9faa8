"""Bucketed quantities (rating.md §2.1): every (bucket, group) is priced alone, the sum is rounded once.

Invariant: the quantity shown is the sum of the values, whatever they cost.
"""

from collections.abc import Iterable
from decimal import Decimal

from flexprice_emulator.rating.decimals import add
from flexprice_emulator.rating.derivation import BucketPriceStep, BucketValue
from flexprice_emulator.rating.pricing.cost import bucket_cost, price_terms
from flexprice_emulator.rating.pricing.model import Price
from flexprice_emulator.rating.usage import BucketUsage


def bucket_price_step(price: Price, buckets: Iterable[BucketUsage]) -> BucketPriceStep:
    """Unrounded cost of all buckets, each with its own."""
    costs: dict[Decimal, Decimal] = {}
    priced: list[BucketValue] = []
    for bucket in buckets:
        cost = costs.get(bucket.value)
        if cost is None:
            cost = costs[bucket.value] = bucket_cost(price, bucket.value)
        priced.append(BucketValue(bucket.start, bucket.value, bucket.group, cost))
    return BucketPriceStep(price_terms(price), tuple(priced), add(*(bucket.cost for bucket in priced if bucket.cost is not None)))
