"""Generated files hold what the code says."""

from flexprice_emulator.generate import files


def test_generated_files_are_current() -> None:
    stale = [path.name for path, text in files().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    assert stale == [], "run `make generate`"
