"""Coupons, and where they are attached (invoices.md §7). How they reduce an invoice is in rating/discount.

Invariants: a coupon_code, in lower case, is unique among published coupons; total_redemptions counts associations ever made.
"""
