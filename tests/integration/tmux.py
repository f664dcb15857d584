"""tmux: programs at a real terminal, of any size, with any environment; keys go in, screens come out.

    with Screen(80, 24, {"LANG": "C"}) as s:
        s.run([str(GRIDCTL), "board"])
        s.wait("dispatch board")
        s.keys("q")
        assert s.wait_exit() == 0

Each Screen is a tmux server of its own, on a socket of its own, and is gone when it is closed."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from harness import ENVIRONMENT, pause, scratch_folder, remove, wait_until  # noqa: F401

TMUX = shutil.which("tmux")
needs_tmux = pytest.mark.skipif(not TMUX, reason="tmux isn't installed")
PROMPT = "READY>"  # what the shell within says when it waits for a command
KEPT = ("PATH", "HOME", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS")
WIDE = re.compile("[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6"
                  "\U0001f300-\U0001f64f\U0001f900-\U0001f9ff\U00020000-\U0003fffd]")


def columns(text):
    """How many columns a line takes on a terminal."""
    return len(text) + len(WIDE.findall(text))


class Screen:
    """A terminal of so many columns and rows. `env` is all that the program sees beside PATH and HOME; a value of None takes one
    away."""

    def __init__(self, width=80, height=24, env=None, history=5000):
        self.folder = scratch_folder("/tmp")
        self.socket = self.folder / "tmux"
        self.env = {k: v for k, v in ENVIRONMENT.items() if k in KEPT}
        self.env.update({"TERM": "xterm-256color", "PS1": ""})
        self.env.update({k: str(v) for k, v in (env or {}).items() if v is not None})
        for name, value in (env or {}).items():
            if value is None:
                self.env.pop(name, None)
        self.status = self.folder / "status"
        config = self.folder / "tmux.conf"
        config.write_text(f"set -g status off\nset -g history-limit {history}\nset -g remain-on-exit on\nset -s escape-time 0\n"
                          "set -g default-terminal screen-256color\n")
        # The server speaks UTF-8 whatever the program within is told.
        self._tmux("-u", "-f", str(config), "new-session", "-d", "-x", str(width), "-y", str(height), *self._shell(["sleep", "infinity"]))

    def _tmux(self, *args, check=True):
        env = {"PATH": os.environ.get("PATH", ""), "HOME": str(self.folder), "LANG": "C.UTF-8", "TERM": "xterm-256color"}
        done = subprocess.run([TMUX, "-S", str(self.socket), *args], env=env, capture_output=True, timeout=30)
        assert not check or done.returncode == 0, f"tmux {' '.join(args)}: {done.stderr.decode('utf-8', 'replace')}"
        return done.stdout

    def _shell(self, args):
        pairs = [f"{k}={v}" for k, v in self.env.items()]
        return ["env", "-i", *pairs, *args]

    # -- programs ------------------------------------------------------------------------------------------------

    def run(self, args, stdin=None, output=None):
        """Starts a program in the terminal, in place of what ran there. `output`: a file that gets its bytes (stdout) instead."""
        self.status.unlink(missing_ok=True)
        line = shlex.join([str(a) for a in args])
        if stdin:
            line += f" < {shlex.quote(str(stdin))}"
        if output:
            line += f" > {shlex.quote(str(output))}"
        script = f"{line}; echo $? > {self.status}.new; mv {self.status}.new {self.status}; exec sleep infinity"
        self._tmux("respawn-pane", "-k", shlex.join(self._shell(["sh", "-c", script])))
        self._tmux("clear-history")
        return self

    def shell(self):
        """An interactive shell with job control, for programs that are suspended: Ctrl-Z, fg. Its prompt is PROMPT."""
        self.env["PS1"] = PROMPT
        self._tmux("respawn-pane", "-k", shlex.join(self._shell(["bash", "--norc", "--noprofile", "-i"])))
        self._tmux("clear-history")
        self.wait(PROMPT)
        return self

    def wait_exit(self, seconds=30):
        """The exit status of the program that run() started."""
        wait_until(self.status.exists, seconds, f"the program's end; the screen is\n{self.text()}\n")
        return int(self.status.read_text())

    def running(self):
        return not self.status.exists()

    def program(self):
        """What runs in the terminal's foreground: the name."""
        return self._tmux("display-message", "-p", "#{pane_current_command}").decode().strip()

    def pid(self):
        """Of the shell that run() or shell() started in the terminal."""
        return int(self._tmux("display-message", "-p", "#{pane_pid}"))

    # -- keys ----------------------------------------------------------------------------------------------------

    def keys(self, *names):
        """tmux's names for keys: q, Enter, C-c, C-z, Escape, Up, PageDown, F1 ..."""
        self._tmux("send-keys", *names)
        return self

    def type(self, text):
        """Text, to the letter."""
        self._tmux("send-keys", "-l", "--", text)
        return self

    def resize(self, width, height):
        self._tmux("resize-window", "-x", str(width), "-y", str(height))
        return self

    # -- the screen ----------------------------------------------------------------------------------------------

    def lines(self, history=False, colors=False):
        """The screen's lines without spaces at their ends; `history`: and what has scrolled away; `colors`: with their codes."""
        args = ["capture-pane", "-p"] + (["-S", "-"] if history else []) + (["-e"] if colors else [])
        return [line.rstrip() for line in self._tmux(*args).decode("utf-8", "replace").rstrip("\n").split("\n")]

    def text(self, history=False, colors=False):
        return "\n".join(self.lines(history, colors)).rstrip("\n")

    def cursor(self):
        x, y = self._tmux("display-message", "-p", "#{cursor_x} #{cursor_y}").split()
        return int(x), int(y)

    def wait(self, what, seconds=15, history=False):
        """Until the screen shows a text, matches a compiled pattern, or satisfies a function of it. The screen."""
        def shown():
            text = self.text(history)
            if callable(what):
                return what(text) and (text or " ")
            return bool(what.search(text) if isinstance(what, re.Pattern) else what in text) and (text or " ")

        try:
            return wait_until(shown, seconds, repr(what))
        except AssertionError as e:
            raise AssertionError(f"{e}; the screen is\n{self.text(history)}") from None

    def wait_gone(self, what, seconds=15):
        return self.wait(lambda text: what not in text, seconds)

    def record(self, path):
        """Every byte that the program writes to its terminal from now on goes to that file as well."""
        self._tmux("pipe-pane", "-O", f"cat > {shlex.quote(str(path))}")
        return Path(path)

    # -- the end -------------------------------------------------------------------------------------------------

    def close(self):
        self._tmux("kill-server", check=False)
        remove(self.folder)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()
