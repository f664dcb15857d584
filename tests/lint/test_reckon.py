"""The clock vectors, counted a second time minute by minute, by code that shares nothing with the C."""

import subprocess
import sys
from pathlib import Path

RECKON = Path(__file__).resolve().parents[1] / "tables" / "clocks" / "reckon.py"


def test_vectors_reckoned_again():
    run = subprocess.run([sys.executable, "-B", RECKON], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert " 0 differ" in run.stdout
