"""./start in a copy of the tree, as root and as an ordinary user: the demo, the real run, the second start."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from harness import ROOT, ROOT_USER, alive, remove, run, scratch_folder, wait_until

BUILT_SECONDS = 30
FIRST = ["nice", "-n", "-10"] if ROOT_USER else []  # before the other tests that run beside it
WHO = ["root", "nobody"] if ROOT_USER else ["self"]
NOT_COPIED = shutil.ignore_patterns(".git", "build", "build-*", "var", "__pycache__", ".pytest_cache")


@pytest.fixture(scope="module")
def compiled():
    """What the first copy compiled, or the caller's cache had, serves the others."""
    folder = scratch_folder()
    folder.chmod(0o777)
    yield folder
    remove(folder)


def build_environment(compiled, who, home):
    """ccache's own folder is the caller's, for who may write there."""
    own = {}
    if who != "nobody" and shutil.which("ccache"):
        own["CCACHE_DIR"] = run(["ccache", "--get-config", "cache_dir"]).stdout.strip()
    return {**os.environ, "HOME": str(home), **own, "CCACHE_REMOTE_STORAGE": f"file:{compiled}|umask=000", "CCACHE_RESHARE": "1"}


class Clone:
    """A copy of the tree that belongs to `who`."""

    def __init__(self, who, compiled):
        self.who, self.top = who, scratch_folder()
        self.root = self.top / "clone"
        shutil.copytree(ROOT, self.root, ignore=NOT_COPIED, symlinks=True)
        self.env = build_environment(compiled, who, self.top)
        self.prefix = []
        if who == "nobody":
            for path in [self.top, self.root, *self.root.rglob("*")]:
                shutil.chown(path, "nobody", "nogroup")
            self.prefix = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"]

    def start(self, *args, before=()):
        """A finished ./start, called from another folder."""
        return run([*before, *self.prefix, self.root / "start", *args], cwd="/", env=self.env)

    def popen(self, *args):
        return subprocess.Popen([*self.prefix, str(self.root / "start"), *args], cwd="/", env=self.env, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


@pytest.fixture(scope="module", params=WHO)
def clone(request, compiled):
    c = Clone(request.param, compiled)
    c.demos_before, c.running_before = demos(), processes_naming("gridd-demo.")
    c.first = c.start("--demo")  # builds
    yield c
    remove(c.top)


def processes_naming(text):
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().decode("utf-8", "replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if text in command and int(folder.name) != os.getpid():
            found.append(command.replace("\0", " "))
    return found


def demos():
    """The folders of demos that lie about."""
    return {path for place in ("/tmp", "/dev/shm") for path in Path(place).glob("gridd-demo.*")}


def last_line(text):
    return text.strip().splitlines()[-1]


def test_demo(clone):
    done = clone.first
    assert done.returncode == 0, done.stdout + done.stderr
    demo = clone.root / "var/demo"
    assert re.search(r"^demo done in (\d+) s", last_line(done.stdout))
    assert "var/demo" in last_line(done.stdout)
    board, overdue = (demo / "board.txt").read_text("utf-8"), (demo / "overdue.txt").read_text("utf-8")
    assert board.strip() and board in done.stdout
    assert len(overdue.splitlines()) > 20 and overdue.splitlines()[20] in done.stdout
    files = {ending: demo / f"gridd-overdue-310106101-2026-11-23.{ending}" for ending in ("txt", "html", "xlsx", "eml")}
    digest = files["txt"].read_text("utf-8").splitlines()
    assert "2026-11-23" in digest[0] and digest[0] in done.stdout and digest[10] in done.stdout
    assert all(str(path.relative_to(clone.root)) in done.stdout and path.stat().st_size > 1000 for path in files.values())
    assert files["xlsx"].read_bytes().startswith(b"PK") and b"Message-ID: <nightly.2026-11-23.supervision.310106101@" in files["eml"].read_bytes()
    assert " ready " in (demo / "gridd.log").read_text("utf-8")
    assert demos() == clone.demos_before
    assert processes_naming("gridd-demo.") == clone.running_before and processes_naming(str(clone.root)) == []
    assert sorted(p.name for p in (clone.root / "var").iterdir() if p.name != "install.log") == ["demo"]


def wait_for_line(process, pattern):
    lines = []
    for line in process.stdout:
        lines.append(line)
        if re.search(pattern, line):
            return lines
    raise AssertionError(f"no line like {pattern}:\n" + "".join(lines))


def test_run_until_ctrl_c(clone):
    process = clone.popen()
    try:
        wait_for_line(process, "gridd is ready")
        shown = wait_for_line(process, "Ctrl-C")
        command = re.search(r"try +(build/gridctl .*)", "".join(shown)).group(1)
        tried = run([*clone.prefix, "sh", "-c", command], cwd=clone.root, env=clone.env)
        assert tried.returncode == 0, tried.stdout + tried.stderr
        again = clone.start()
        assert again.returncode == 1 and "already" in again.stderr and len(again.stderr.strip().splitlines()) == 1
        if clone.who == WHO[0]:
            demo = clone.start("--demo", before=FIRST)
            assert demo.returncode == 0, "a demo beside a real run"
            assert int(re.search(r"demo done in (\d+) s", demo.stdout).group(1)) <= BUILT_SECONDS
    finally:
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0, rest
    assert last_line(rest).startswith("gridd stopped; its data stay in")
    assert processes_naming(str(clone.root)) == []
    assert not (clone.root / "var/gridd.sock").exists()


def test_the_data_are_there_again(clone):
    process = clone.popen()
    try:
        wait_for_line(process, "Ctrl-C")
        listed = run([*clone.prefix, clone.root / "build/gridctl", "--socket", "var/gridd.sock", "--json", "case", "list"],
                     cwd=clone.root, env=clone.env)
        assert listed.returncode == 0 and '"number"' in listed.stdout
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0


def test_another_major_version_is_one_sentence(clone):
    places = [clone.root / "var"] + [Path(p.read_text().strip()) for p in (clone.root / "var").glob("db-location")]
    version = next(v for place in places for v in place.glob("*/PG_VERSION"))
    kept = version.read_text()
    version.write_text("9.6\n")
    try:
        done = clone.start()
        assert done.returncode == 1
        assert "9" in done.stderr and last_line(done.stderr).startswith("start: gridd did not start")
    finally:
        version.write_text(kept)


def test_unknown_option(clone):
    done = clone.start("--dmeo")
    assert done.returncode == 1 and "--demo" in done.stderr


@pytest.mark.skipif(not ROOT_USER, reason="only root runs the server as another user")
@pytest.mark.parametrize("clone", WHO[:1], indirect=True)
def test_a_clone_that_the_servers_user_cannot_reach(clone):
    clone.top.chmod(0o700)
    shutil.rmtree(clone.root / "var")
    try:
        process = clone.popen()
        try:
            wait_for_line(process, "Ctrl-C")
            place = Path((clone.root / "var/db-location").read_text().strip())
            assert place.parent == Path("/var/lib/gridd") and list(place.glob("*/PG_VERSION"))
        finally:
            process.send_signal(signal.SIGINT)
            rest, _ = process.communicate(timeout=60)
        assert process.returncode == 0 and str(place) in last_line(rest)
        remove(place)
        wait_until(lambda: not processes_naming(str(place)), 10, "the end of all its processes")
    finally:
        clone.top.chmod(0o755)


def test_alive_is_not_fooled():
    assert alive(os.getpid()) and not alive(2**22 + 1)
