from hypothesis import given
from hypothesis import strategies as st

from flexprice_client.redaction import redact


def test_masks_keys_tokens_and_given_secrets() -> None:
    token = "eyJhbGciOi.eyJzdWIi.c2ln"
    text = redact(f"key sk_live_ABC123, Bearer abc, {token}, hunter2", ["hunter2"])
    assert text == "key sk_***, ***, ***, ***"


def test_leaves_ids_alone() -> None:
    assert redact("task_01HZX3 of cust_01HZX3 with risk_score") == "task_01HZX3 of cust_01HZX3 with risk_score"


@given(st.text(min_size=4, alphabet="abcdefXYZ0123456789_-"), st.text(), st.text())
def test_law_no_secret_survives(secret: str, before: str, after: str) -> None:
    assert secret not in redact(before + secret + after, [secret])
