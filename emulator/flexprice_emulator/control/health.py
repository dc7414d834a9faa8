"""/_emulator/health."""


def health() -> dict[str, str]:
    """The server answers."""
    return {"status": "ok"}
