"""One rules text that uses every section, and small ones to break."""

from collections.abc import Sequence

from flexprice_rules import Issue, RulesError, parse

EVERYTHING = """\
version: 1
price_units:
  - {code: cr, name: Credit, symbol: CR, base_currency: USD, conversion_rate: 0.010}
groups:
  - {lookup_key: g_price, name: Prices, entity_type: price}
  - {lookup_key: g_feature, name: Features, entity_type: feature}
features:
  - lookup_key: tokens
    name: Tokens
    type: metered
    group_lookup_key: g_feature
    meter:
      event_name: llm
      aggregation: {type: SUM, field: n}
      filters: [{key: model, values: [a, b]}]
  - {lookup_key: sso, name: SSO, type: boolean}
  - {lookup_key: level, name: Level, type: static}
  - {lookup_key: limits, name: Limits, type: config, metadata: {a: 007}}
rate_card:
  - lookup_key: img
    name: Images
    event_name: image
    aggregation: {type: SUM, field: images}
    dimensions: {size: [S, L], hd: [true, false]}
    cells:
      - {at: {size: S}, amount: 0.10}
      - {at: {size: L, hd: true}, amount: 0.40}
      - {at: {size: L, hd: false}, skip: true}
    price: {currency: usd, invoice_cadence: ARREAR, group_lookup_key: g_price}
    on: [{plan_lookup_key: pro, multiply_by: 1.5}]
plans:
  - lookup_key: pro
    name: Pro
    description: The plan
    display_order: 2
    metadata: {tier: 1}
    prices:
      - {lookup_key: pro.base, type: FIXED, currency: USD, amount: 20.00, invoice_cadence: ADVANCE, trial_period_days: 7, min_quantity: 2}
      - lookup_key: pro.tokens
        type: USAGE
        feature_lookup_key: tokens
        currency: usd
        billing_model: TIERED
        tier_mode: SLAB
        tiers: [{up_to: 1000, unit_amount: 0.10, flat_amount: 1.0}, {unit_amount: 0.05}]
        invoice_cadence: ARREAR
        group_lookup_key: g_price
    entitlements:
      - {feature_lookup_key: tokens, usage_limit: 0, usage_reset_period: MONTHLY}
      - {feature_lookup_key: sso, is_enabled: false}
      - {feature_lookup_key: level, static_value: gold}
      - {feature_lookup_key: limits, config_value: {projects: 5, open: true}}
    credit_grants:
      - {name: Welcome, credits: 50.0, cadence: ONETIME, expiration_type: NEVER, conversion_rate: 0.01, topup_conversion_rate: 0.01}
addons:
  - lookup_key: more
    name: More
    metadata: {n: 1}
    prices:
      - lookup_key: more.tokens
        type: USAGE
        feature_lookup_key: tokens
        currency: usd
        price_unit_type: CUSTOM
        price_unit_config: {price_unit: cr, amount: 3.0}
        invoice_cadence: ARREAR
      - lookup_key: more.packages
        type: FIXED
        currency: usd
        billing_model: PACKAGE
        amount: 5
        transform_quantity: {divide_by: 10}
        invoice_cadence: ADVANCE
        start_date: 2026-01-01T00:00:00+01:00
coupons:
  - {coupon_code: TEN, name: Ten, type: percentage, percentage_off: 10.0, cadence: forever}
  - {coupon_code: five, name: Five, type: fixed, amount_off: 5, currency: USD, cadence: once, redeem_before: 2027-01-01T00:00:00Z}
tax_rates:
  - {code: VAT, name: VAT, tax_rate_type: percentage, percentage_value: 19.0, scope: INTERNAL}
  - {code: FEE, name: Fee, tax_rate_type: fixed, fixed_value: 2}
customers:
  - {external_id: acme, name: Acme, email: a@acme.example, address_postal_code: 01067, metadata: {vip: yes}}
tax_associations:
  - {tax_rate_code: VAT, external_customer_id: acme, currency: EUR, priority: 1}
  - {tax_rate_code: FEE, entity_type: tenant, currency: usd}
wallets:
  - external_customer_id: acme
    currency: usd
    name: Main
    initial_credits_to_load: 100
    price_unit: cr
    auto_topup: {enabled: true, threshold: 10.0, amount: 50, invoicing: false, cooldown: {value: 1, unit: hour}}
    alert_settings: {critical: {threshold: 5, condition: below}, alert_enabled: true}
    config: {allowed_price_types: [ALL]}
subscriptions:
  - lookup_key: acme-pro
    external_customer_id: acme
    plan_lookup_key: pro
    currency: usd
    billing_period: MONTHLY
    start_date: 2026-01-01T00:00:00Z
    commitment_amount: 10
    overage_factor: 1
    override_line_items: [{price_lookup_key: pro.base, quantity: 3}]
    line_item_commitments: [{price_lookup_key: pro.tokens, commitment_type: amount, commitment_amount: 5, overage_factor: 2}]
    addons: [{addon_lookup_key: more, cadence: recurring}]
    subscription_coupons: [{coupon_code: ten}]
    credit_grants: []
    tax_rate_overrides: [{tax_rate_code: VAT, currency: usd}]
"""

# A metered feature, a plan with one price, and places to put one more thing.
FEATURE = "{lookup_key: f, name: F, type: metered, meter: {event_name: e, aggregation: {type: COUNT}}}"
BASE = "lookup_key: p, type: FIXED, currency: usd, amount: 1, invoice_cadence: ADVANCE"
USAGE = "lookup_key: p, type: USAGE, feature_lookup_key: f, currency: usd, invoice_cadence: ARREAR"


def with_price(price: str) -> str:
    """Rules with one plan and this price."""
    return f"version: 1\nfeatures: [{FEATURE}]\nplans: [{{lookup_key: plan, name: P, prices: [{{{price}}}]}}]\n"


def with_meter(aggregation: str, filters: str = "") -> str:
    """Rules with one metered feature."""
    more = f", filters: {filters}" if filters else ""
    return (
        f"version: 1\nfeatures: [{{lookup_key: f, name: F, type: metered, meter: {{event_name: e, aggregation: {aggregation}{more}}}}}]\n"
    )


def errors(text: str) -> Sequence[Issue]:
    """The errors of a text that must not load."""
    try:
        parse(text, "f.yaml")
    except RulesError as error:
        return error.issues
    raise AssertionError("loaded without an error")


def only_error(text: str) -> Issue:
    """The one error of a text."""
    (issue,) = errors(text)
    return issue


def warnings(text: str) -> list[str]:
    """The warnings of a text that loads."""
    return [str(issue) for issue in parse(text, "f.yaml").warnings]
