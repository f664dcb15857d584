"""Fixtures: daemons that live for one test file, or for one test."""

import signal
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import harness  # noqa: E402
from harness import BUILD, SIZE, Daemon, remove, scratch_folder  # noqa: E402
from life import Centre  # noqa: E402

# Started in the background of a script we inherit an ignored SIGINT, and so would every program that a test interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)
# Small clusters with few processes, for a test starts many; what they hold is soon gone.
harness.CLUSTER_SETTINGS = "shared_buffers=16MB autovacuum=off max_logical_replication_workers=0"


def pytest_configure(config):
    config.addinivalue_line("markers", "quiet: asserts how long something takes; `check` runs these alone, after all others")


SLOW = ["start", "month", "gridctl", "embedded", "nightly", "gridctl_board_life", "feed", "gridctl_show", "worker", "kill", "post_mail"]
# What the fast size runs, unless tests are asked for by name: the way of a case from its line to its closing, and the console.
CORE = ["access", "clocks", "conflicts", "docs", "gridctl_case", "gridctl_daemon", "gridctl_import", "gridctl_life", "kill", "life", "list", "pages",
        "privacy", "reports", "submit", "time", "two_daemons", "verify", "wire", "words", "yuncheng"]


def pytest_collection_modifyitems(config, items):
    """What takes longest begins first, or it would end last and alone."""
    def name(item):
        return item.path.stem[len("test_"):]

    if SIZE == "fast" and not config.option.keyword:
        config.hook.pytest_deselected(items=[item for item in items if name(item) not in CORE])
        items[:] = [item for item in items if name(item) in CORE]
    items.sort(key=lambda item: name(item) not in SLOW)


def pytest_report_header():
    return f"gridd: {BUILD}/gridd, size {SIZE}"


@pytest.fixture(scope="module")
def module_folder():
    folder = scratch_folder()
    yield folder
    remove(folder)


@pytest.fixture
def folder():
    path = scratch_folder()
    yield path
    remove(path)


@pytest.fixture(scope="module")
def daemon(request, module_folder):
    """A gridd with the small pack on a test clock that stands at Monday 09:00, shared by the tests of a file; with the file's
    CONFIG, if it has one."""
    d = Daemon(module_folder, config=getattr(request.module, "CONFIG", None)).start()
    try:
        yield d
        d.stop()
    finally:
        d.close()


@pytest.fixture(scope="module")
def centre(daemon):
    """The people of the small town. The file's CONFIG names them: principals.config()."""
    return Centre(daemon)


@pytest.fixture
def client(daemon):
    c = daemon.client()
    yield c
    c.close()


@pytest.fixture
def make_daemon(request, folder):
    """make_daemon(**options) gives a Daemon in a folder of this test; all of them end with it. With clusters of their own making,
    if the file says FRESH."""
    made = []

    def make(**options):
        made.append(Daemon(options.pop("folder", folder), **{"fresh": getattr(request.module, "FRESH", False), **options}))
        return made[-1]

    yield make
    for d in reversed(made):
        d.close()
