"""What a start does not need is not loaded by it (docs/adr/0004)."""

import subprocess
import sys

LATER = ("fastapi", "jwt", "yaml", "alembic", "sqlalchemy.dialects.postgresql", "flexprice_emulator.invoices.routes", "fpdf", "httpx")
CODE = """
import sys
import flexprice_emulator.cli.serve
from flexprice_emulator.app import create_app
from flexprice_emulator.workspace.registry import Registry

create_app(Registry())
print(*sys.modules)
"""


def test_a_start_loads_only_what_the_first_answer_needs() -> None:
    loaded = set(subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True).stdout.split())
    assert "sqlalchemy" in loaded
    assert [name for name in LATER if name in loaded] == []
