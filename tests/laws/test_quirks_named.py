"""What the laws let pass stands in the documents, word for word."""

from pathlib import Path

import pytest

from flexprice_emulator.testing import laws

QUIRKS = (Path(__file__).parents[2] / "docs" / "quirks.md").read_text()


@pytest.mark.parametrize("quirk", laws.Quirk)
def test_every_deviation_is_a_line_of_the_quirks(quirk: laws.Quirk) -> None:
    assert quirk in QUIRKS
