"""The README's first command holds in every step."""

import subprocess
import sys

from flexprice_emulator.demo.__main__ import BULK, SINGLE, STEPS
from flexprice_emulator.demo.jobs import FOLDER, deliveries


def test_every_step_of_the_demo_holds() -> None:
    run = subprocess.run([sys.executable, "-m", "flexprice_emulator.demo"], capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.count("✓") == len(STEPS) + 1
    assert "✗" not in run.stdout
    assert "1510 - 1290 = 220 credits ≤ 300: in_alarm in the log, wallet.ongoing_balance.dropped collected" in run.stdout
    assert "3010 granted = 220 left + 1290 spent + 1500 expired" in run.stdout


def test_the_demo_takes_answers_of_every_provider_and_every_outcome() -> None:
    jobs = [job for name in (SINGLE, BULK) for job in deliveries(name)]
    assert {job.provider for job in jobs} == {folder.name for folder in FOLDER.iterdir()}
    outcomes = {getattr(job.result, "reason", "event") for job in jobs}
    assert outcomes == {"event", "failed", "unfinished", "no_output"}
    ids = [job.result.event_id for job in jobs if hasattr(job.result, "event_id")]
    assert len(ids) > len(set(ids)), "no duplicate callback among them"
    assert all(job.source for job in jobs)
