"""What other domains ask of coupons."""

from flexprice_emulator.discounts.associations import attach, check_redeemable, detach, for_rating, get_row, of_subscription, present_all
from flexprice_emulator.discounts.coupons import by_ids, find_by_code

__all__ = ["attach", "by_ids", "check_redeemable", "detach", "find_by_code", "for_rating", "get_row", "of_subscription", "present_all"]
