"""docs/webhooks.md: every event is sent by somebody and seen by a test, or it is said why not."""

from pathlib import Path

from flexprice_client.models.webhooks import WEBHOOK_PAYLOADS
from flexprice_emulator.webhooks import coverage
from flexprice_emulator.webhooks.catalogue import NEVER_SENT, WHEN
from flexprice_emulator.webhooks.payloads import BUILDERS

HERE = Path(__file__).parent


def test_all_events_are_known() -> None:
    assert len(WEBHOOK_PAYLOADS) == 57
    assert set(WHEN) == set(WEBHOOK_PAYLOADS)
    assert {name for name, when in WHEN.items() if not when} == set(NEVER_SENT)
    assert set(WEBHOOK_PAYLOADS.values()) == set(BUILDERS)


def test_what_is_sent_is_what_the_catalogue_says() -> None:
    assert set(coverage.emitters()) == set(WEBHOOK_PAYLOADS) - set(NEVER_SENT)


def test_every_event_that_is_sent_is_seen_by_a_test() -> None:
    assert set(WEBHOOK_PAYLOADS) - set(NEVER_SENT) - set(coverage.tests(HERE)) == set()


def test_a_text_with_gaps_names_all_it_can_become(tmp_path: Path) -> None:
    module = tmp_path / "wallets.py"
    module.write_text('def tell(ctx, end):\n    """wallet.created is only mentioned"""\n    ctx.emit(f"wallet.credit_balance.{end}")\n')
    told = {"wallet.credit_balance.dropped": ["wallets.tell"], "wallet.credit_balance.recovered": ["wallets.tell"]}
    assert coverage.emitters(tmp_path) == told
