"""Which URLs webhooks may go to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexprice_emulator.webhooks.targets import VARIABLE, RefusedTarget, check_target


@pytest.mark.parametrize(
    ("url", "addresses"),
    [
        ("http://127.0.0.1:3000/hook?a=b", ("127.0.0.1",)),
        ("https://127.9.9.9", ("127.9.9.9",)),
        ("http://[::1]:3000/", ("::1",)),
        ("http://LOCALHOST/x", ("127.0.0.1", "::1")),
        ("http://app.localhost/x", ("127.0.0.1", "::1")),
    ],
)
def test_this_machine(url: str, addresses: tuple[str, ...]) -> None:
    assert check_target(url) == addresses


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://0.0.0.0/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.0.0.1/",
        "http://example.com/",
        "http://127.0.0.1.example.com/",
        "http://localhost.example.com/",
        "http://notlocalhost/",
        "http://127.0.0.1@example.com/",
        "http://user:pass@127.0.0.1/",
        "http://127.0.0.1\\@example.com/",
        "http://example.com#@127.0.0.1/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "127.0.0.1:3000",
        "http://",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:0/",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/\r\nx: y",
        "",
    ],
)
def test_elsewhere_and_what_is_no_url(url: str) -> None:
    with pytest.raises(RefusedTarget):
        check_target(url)


def test_hosts_are_allowed_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "app, Hooks.Example.com")
    assert check_target("http://app:3000/hook") == ("app",)
    assert check_target("https://hooks.example.com/") == ("hooks.example.com",)
    with pytest.raises(RefusedTarget, match=f"{VARIABLE}=other"):
        check_target("http://other/")


def test_all_hosts_can_be_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "*")
    assert check_target("http://10.0.0.1/") == ("10.0.0.1",)


@given(st.text(max_size=60), st.sampled_from(["", "http://", "http://127.0.0.1", "http://[", "https://localhost:"]))
def test_law_any_text_is_this_machine_or_refused(text: str, start: str) -> None:
    """targets: without the setting only loopback addresses come out."""
    try:
        addresses = check_target(start + text)
    except RefusedTarget:
        return
    assert all(address == "::1" or address.startswith("127.") for address in addresses)
