"""Which operations a test's text asks for."""

from pathlib import Path

import pytest

from flexprice_emulator.coverage.tests_scan import client_calls, path_of, scan
from flexprice_emulator.wire.table import ApiTable

TABLE = ApiTable()
TESTS = {
    "shop/conftest.py": "def plan(api): return api.post('/plans', {})\n",
    "shop/kit.py": "class Kit:\n    def price(self): return self.api.post('/prices')\n",
    "shop/test_a.py": """
def helper(api): return api.get(f"/customers/{1}?limit=2")
def test_direct(api): api.call("DELETE", "/v1/customers/x")
def test_by_helper(api): helper(api)
def test_by_fixture(plan): ...
def test_by_a_neighbour(kit): kit.price()
def test_by_client(client): client.wallets.top_up("w", {})
def test_control(api): api.send("POST", "//_emulator/clock", {})
def test_unknown(api): api.get("/nothing")
""",
    "sdk/test_sdk.py": "def test_sdk(sdk): sdk.coupons.create_coupon(name='x')\n",
    "shop/test_no_sdk.py": "def test_name_alone(x): x.create_coupon()\n",
}


def named(method: str, text: str) -> str | None:
    path = path_of(text)
    found = TABLE.match(method, path) if path else None
    return found[0].name if found else None


def test_calls_helpers_fixtures_clients_and_the_sdk_are_seen(tmp_path: Path) -> None:
    for name, text in TESTS.items():
        path = tmp_path / "tests" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    sdk = {"create_coupon": ("POST", "/coupons")}
    found = scan(tmp_path / "tests", named, {"wallets.top_up": ("POST", "/wallets/{id}/top-up")}, sdk)
    assert {operation: (asked.direct, asked.through_helpers) for operation, asked in found.items()} == {
        "DELETE /customers/{id}": (["tests/shop/test_a.py::test_direct"], []),
        "GET /customers/{id}": ([], ["tests/shop/test_a.py::test_by_helper"]),
        "POST /plans": ([], ["tests/shop/test_a.py::test_by_fixture"]),
        "POST /prices": ([], ["tests/shop/test_a.py::test_by_a_neighbour"]),
        "POST /wallets/{id}/top-up": (["tests/shop/test_a.py::test_by_client"], []),
        "POST /coupons": (["tests/sdk/test_sdk.py::test_sdk"], []),
    }


def test_the_typed_client_s_methods_are_read_from_its_source() -> None:
    calls = client_calls(Path(__file__).resolve().parents[2] / "client/flexprice_client/resources")
    assert calls["customers.create"] == ("POST", "/customers")
    assert calls["wallets.top_up"] == ("POST", "/wallets/{id}/top-up")
    assert all(TABLE.match(*call) for call in calls.values())


@pytest.mark.parametrize(
    ("text", "path"),
    [("/v1/customers/x?limit=1", "/customers/x"), ("/plans", "/plans"), ("//_emulator/clock", None), ("plans", None), ("/", None)],
)
def test_paths(text: str, path: str | None) -> None:
    assert path_of(text) == path
