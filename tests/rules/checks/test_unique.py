"""Keys given twice."""

import pytest

from flexprice_rules import parse
from tests.rules.samples import EVERYTHING, errors


def test_the_sample_of_everything_passes() -> None:
    assert {len(getattr(parse(EVERYTHING).rules, name)) > 0 for name in ("features", "plans", "addons", "wallets", "subscriptions")} == {
        True
    }


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("{lookup_key: level, name", "{lookup_key: sso, name", "lookup_key"),
        ("lookup_key: pro.tokens", "lookup_key: pro.base", "lookup_key"),
        ("lookup_key: more.tokens", "lookup_key: pro.base", "lookup_key"),
        ("{feature_lookup_key: sso, is", "{feature_lookup_key: tokens, is", "feature_lookup_key"),
        ("coupon_code: five", "coupon_code: Ten", "coupon_code"),
        ("{code: FEE, name", "{code: VAT, name", "code"),
        ("lookup_key: g_feature, name", "lookup_key: g_price, name", "lookup_key"),
    ],
)
def test_a_key_given_twice_names_the_first(old: str, new: str, field: str) -> None:
    assert old in EVERYTHING
    issues = [issue for issue in errors(EVERYTHING.replace(old, new, 1)) if issue.message.startswith("a second ")]
    assert len(issues) == 1
    assert f"of this {field}; the first is at f.yaml:" in issues[0].message
