"""Real cases with an answer key that nobody of this project wrote; and vectors worked out by hand."""

import importlib.util

import pytest
import yaml
from harness import ROOT, SHARED, Daemon, scratch_folder, remove
from datetime import datetime

BOSTON = ROOT / "tests/packs/boston"
DATA = SHARED / "data/boston311-100.csv"
WITHIN_SECONDS = 60


def load_cases():
    spec = importlib.util.spec_from_file_location("boston_cases", BOSTON / "cases.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def apart(a, b):
    return abs((datetime.fromisoformat(a) - datetime.fromisoformat(b)).total_seconds())


def handle_due(clocks):
    return next((c["due_at"] for c in clocks if c["name"] == "handle"), None)
